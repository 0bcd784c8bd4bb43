/** What the caller asked of the server cannot be had; one line, which names the flag. */
export class UnusableOption extends Error {
  override readonly name = 'UnusableOption'
}
