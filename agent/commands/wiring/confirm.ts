import { createInterface } from 'node:readline'
import { UsageError } from './errors.ts'

/** Whether somebody can be asked: sees the question and can answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY
}

/** Refuses to go on where a person would have to be asked and cannot be. */
export function mustAsk(yes: boolean): void {
  if (!yes && !canAsk())
    throw new UsageError(
      'nobody can be asked without a terminal: add --yes, or leave --apply away to see the script',
    )
}

/** Asks a person; anything but yes is no. */
export async function confirm(question: string): Promise<boolean> {
  process.stderr.write(`${question} [y/N] `)
  // As a terminal of its own, it would take Ctrl-C for itself.
  const lines = createInterface({ input: process.stdin, terminal: false })
  try {
    for await (const line of lines) return /^\s*y(?:es)?\s*$/i.test(line)
    process.stderr.write('\n')
    return false
  } finally {
    lines.close()
  }
}
