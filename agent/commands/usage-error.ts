/** Thrown for a command line that cannot be meant; its message is all that is printed. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
