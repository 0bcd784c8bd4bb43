import { spawnSync } from 'node:child_process'

/**
 * Whether a real program is here that a unit test compares us with. It is of Debian's packages (system-packages.ts), and what
 * it would have shown is said when it is not.
 */
export function hasProgram(argv: readonly string[], { shows }: { shows: string }): boolean {
  const [program = '', ...args] = argv
  const has = spawnSync(program, args, { input: '' }).status === 0
  if (!has) console.warn(`SKIPPED: ${shows}: "${program}" is not here, or not whole (npm test installs it)`)
  return has
}
