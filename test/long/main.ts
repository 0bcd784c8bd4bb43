import { readResults, writeResult } from './results.ts'
import { inputHash, rows } from './rows.ts'

/** `npm run test:long`: runs all rows, or those that are named (`-- 'fuzz config'`), and writes RESULTS.md after each. */
const names = process.argv.slice(2)
const unknown = names.filter((name) => !rows.some((row) => row.name === name))
const chosen = rows.filter(({ name }) => names.length === 0 || names.includes(name))
if (unknown.length > 0) {
  process.stderr.write(
    `no row ${unknown.join(', ')}; there are: ${rows.map(({ name }) => name).join(', ')}\n`,
  )
  process.exitCode = 2
} else await runAll()

async function runAll(): Promise<void> {
  for (const row of chosen) {
    const start = Date.now()
    process.stdout.write(`[${row.name}: ${row.settings}]\n`)
    const inputs = inputHash(row)
    const outcome = await row.run()
    writeResult(rows, row.name, { inputs, ...outcome })
    if (outcome.failed > 0) process.exitCode = 1
    process.stdout.write(`${outcome.result}; it took ${((Date.now() - start) / 60_000).toFixed(1)} minutes\n`)
  }
  process.stdout.write(
    `\n${readResults()
      .map(({ line }) => line)
      .join('\n')}\n`,
  )
}
