import { readFileSync, writeFileSync } from 'node:fs'
import { release } from 'node:os'
import { join } from 'node:path'
import type { Outcome, Row } from './rows.ts'

const file = join(import.meta.dirname, 'RESULTS.md')

const head = `# What \`npm run test:long\` last came to

Written by \`test/long/main.ts\`. The hash is of what the row's inputs are made by (\`test/long/rows.ts\`); where it is another
by now, \`npm test\` fails until the row is run again.

| row | inputs | date | kernel | failed | result |
|---|---|---|---|---|---|
`

/** A line of the table, as it stands there. */
interface Result {
  readonly name: string
  readonly inputs: string
  readonly failed: string
  readonly line: string
}

export function readResults(): readonly Result[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  const table = lines.slice(lines.indexOf('|---|---|---|---|---|---|') + 1).filter((line) => line !== '')
  return table.map((line) => {
    const [, name = '', inputs = '', , , failed = ''] = line.split('|').map((cell) => cell.trim())
    return { name, inputs, failed, line }
  })
}

export type Ran = Outcome & {
  /** The hash, from before the run. */
  readonly inputs: string
}

/** In the order of `rows`; lines of rows that are no more go. */
export function writeResult(rows: readonly Row[], name: string, ran: Ran): void {
  const { inputs, failed, result } = ran
  const date = new Date().toISOString().slice(0, 10)
  const line = `| ${[name, inputs, date, release(), failed, result].join(' | ')} |`
  const lines = new Map(readResults().map((one) => [one.name, one.line])).set(name, line)
  writeFileSync(file, head + rows.map(({ name }) => (lines.has(name) ? `${lines.get(name)}\n` : '')).join(''))
}
