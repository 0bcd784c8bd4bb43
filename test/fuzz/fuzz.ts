import { randomInt } from 'node:crypto'
import { reproduce, tableOf } from './report.ts'
import { runTarget } from './run-target.ts'
import type { Ran } from './run-target.ts'
import { targets } from './targets.ts'
import { failedOf } from './work.ts'

/**
 * `npm run fuzz`: runs cases of all targets until so many cases or seconds are over, then lets inputs grow for a third of
 * that time. One case, or one growing input, is run again by its seed and number.
 */
const usage = `npm run fuzz, with these variables:
  SEED=7        the seed; by chance when left out
  SECONDS=60    how long cases are run, all targets together
  CASES=10000   how many cases at most, all targets together
  ONLY=config   these targets, by commas: ${targets.map(({ name }) => name).join(', ')}
  CASE=123      this case of the target alone
  GROWTH=12     this growing input of the target alone
`
const { SEED, SECONDS = '60', CASES, ONLY, CASE, GROWTH } = process.env
const seed = Number(SEED ?? randomInt(1_000_000))
const chosen = targets.filter(({ name }) => ONLY?.split(',').includes(name) ?? true)
const isOne = CASE !== undefined || GROWTH !== undefined
if (process.argv.length > 2 || chosen.length === 0 || (isOne && chosen.length > 1)) {
  process.stderr.write(usage)
  process.exitCode = 2
} else await fuzz()

async function fuzz(): Promise<void> {
  process.stdout.write(`seed ${seed}\n`)
  const milliseconds = (Number(SECONDS) * 1000) / chosen.length
  const share = Number(CASES ?? 1e9) / chosen.reduce((sum, one) => sum + one.share, 0)
  const cases: Ran[] = []
  const growth: Ran[] = []
  for (const target of chosen) {
    const range = isOne ? numbered(CASE) : { to: Math.ceil(target.share * share) }
    if (GROWTH === undefined) cases.push(await run('cases', target.name, { ...range, milliseconds }))
    const grown = isOne ? numbered(GROWTH) : { to: 1_000 }
    if (CASE === undefined)
      growth.push(await run('growth', target.name, { ...grown, milliseconds: milliseconds / 3 }))
  }
  if (cases.length > 0) process.stdout.write(`\n${tableOf(cases)}`)
  if (growth.length > 0) process.stdout.write(`\nInputs that grow to 128 KiB:\n${tableOf(growth)}`)
  process.exitCode = [...cases, ...growth].some((ran) => failedOf(ran) > 0) ? 1 : 0
}

function numbered(number = '0'): { from: number; to: number } {
  return { from: Number(number), to: Number(number) + 1 }
}

interface Range {
  readonly from?: number
  readonly to: number
  readonly milliseconds: number
}

async function run(what: 'cases' | 'growth', target: string, range: Range): Promise<Ran> {
  const ran = await runTarget({ what, target, seed, bytes: 131_072, ...range })
  for (const failure of ran.failures)
    process.stdout.write(`\n${reproduce(failure, { what, target, seed })}\n`)
  return ran
}
