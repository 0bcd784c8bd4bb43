/**
 * Whether a command line is of `check -o nagios`, also where a mistake in it keeps it from being read: what Nagios runs has to end with
 * its codes whatever happens, and our 1 and 2 would be a warning and an alarm.
 */
export function asksForNagios(argv: readonly string[]): boolean {
  if (argv.find((word) => !word.startsWith('-')) !== 'check') return false
  return argv.some((word, index) => {
    const value = /^(?:-o=?|--output=)(.+)$/.exec(word)?.[1]
    const following = word === '-o' || word === '--output' ? argv[index + 1] : undefined
    return (value ?? following) === 'nagios'
  })
}
