import { Broken, escape } from './claims/harmless.ts'

/** Where it was thrown, or which claim did not hold, without what differs from case to case. */
export function signatureOf(error: unknown): string {
  if (error instanceof Broken) return error.message.replace(/"[^"]*"|'[^']*'|\d+/g, '…').slice(0, 60)
  return `${error instanceof Error ? error.name : String(error)} ${placeOf(error)}`
}

export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof Broken) return error.message
  return `${error.name}: ${error.message.slice(0, 500)} ${placeOf(error)}`
}

/** The innermost line of the agent's code. */
function placeOf(error: unknown): string {
  const lines = error instanceof Error ? (error.stack?.split('\n') ?? []) : []
  const line = lines.find((one) => /agent\//.test(one)) ?? lines[1] ?? ''
  const [, place = ''] = /((?:agent|test)\/[\w./-]+:\d+)/.exec(line) ?? []
  return place
}

/** An input as harmless text that fits a terminal. */
export function showInput(input: unknown): string {
  const plain = escape(JSON.stringify(input) ?? String(input))
  return plain.length > 3_000 ? `${plain.slice(0, 3_000)}… (${plain.length} characters)` : plain
}
