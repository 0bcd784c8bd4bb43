import { renderColumns } from '#agent/render/columns.ts'
import type { Ran } from './run-target.ts'
import type { Failure, Order } from './work.ts'

/** One line for each target: its counts, its slowest case and what its inputs came to. */
export function tableOf(all: readonly Ran[]): string {
  const head = ['TARGET', 'CASES', 'EXCEPTIONS', 'HANGS', 'GROWTHS', 'SLOWEST', 'OUTCOMES']
  return renderColumns(head, all.map(rowOf))
}

function rowOf({ target, cases, exceptions, hangs, growths, slowest, outcomes }: Ran): string[] {
  const most = Object.entries(outcomes).toSorted(([, a], [, b]) => b - a)
  return [
    target,
    ...[cases, exceptions, hangs, growths].map(String),
    slowest.number < 0 ? '-' : `${slowest.took.toFixed(0)} ms (case ${slowest.number})`,
    most
      .slice(0, 6)
      .map(([word, count]) => `${count} ${word}`)
      .join(', '),
  ]
}

/** What failed, and how to run it again. */
export function reproduce(
  { number, name, words, input }: Failure,
  { what, target, seed }: Pick<Order, 'what' | 'target' | 'seed'>,
): string {
  const again = {
    cases: `SEED=${seed} ONLY=${target} CASE=${number} npm run fuzz`,
    growth: `SEED=${seed} ONLY=${target} GROWTH=${number} npm run fuzz`,
    found: `npm test -- test/fuzz/found.slow.test.ts`,
  }[what]
  return `${target}: ${name === null ? '' : `${name}: `}${words}\n  again: ${again}\n  input: ${input}`
}
