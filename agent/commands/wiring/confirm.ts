import { createInterface } from 'node:readline'

/** Whether somebody can be asked: sees the question and can answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY
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
