/** What the words of a command line may name. */
export type Kind = 'checks' | 'nodes' | 'pods' | 'namespaces' | 'contexts' | 'states' | 'files'

/** What the operands of a command name; null for nothing. */
export function asksFor(command: string, inner: string, words: readonly string[]): Kind | null {
  if (command === 'wait') return words.includes('--for') ? 'nodes' : 'checks'
  if (command === 'checks') return inner === 'show' ? 'checks' : null
  return operands[command] ?? null
}

const operands: Readonly<Record<string, Kind>> = {
  apply: 'checks',
  check: 'checks',
  fix: 'nodes',
  nodes: 'nodes',
  why: 'pods',
}
