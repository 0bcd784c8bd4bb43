import { hash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { reproduce } from '../fuzz/report.ts'
import { runTarget } from '../fuzz/run-target.ts'
import type { Ran } from '../fuzz/run-target.ts'
import type { Target } from '../fuzz/target.ts'
import { targets } from '../fuzz/targets.ts'
import { failedOf } from '../fuzz/work.ts'
import { schemathesisVersion } from '../setup/schemathesis.ts'

/** One thing that takes long, and one line of RESULTS.md. */
export interface Row {
  readonly name: string
  /** When one of these files or the settings change, the row must be run again. */
  readonly files: readonly string[]
  readonly settings: string
  run(): Promise<Outcome>
}

export interface Outcome {
  readonly failed: number
  /** In a few words, without "|". */
  readonly result: string
}

const seed = 1
/** Shares are of 10,000 cases: ten times as many are 100,000. */
const times = 10
/** Growing inputs of a target, and bytes of the largest. */
const [growers, bytes] = [150, 131_072]

export const rows: readonly Row[] = [...targets.map(fuzzRow), openapiRow(), releaseRow()]

/**
 * By the generators and the seed alone: with the agent's code or the shipped checks the row would change in every commit,
 * and 10,000 cases of each are run by every `npm test`.
 */
function fuzzRow({ name, share }: Target): Row {
  const to = share * times
  return {
    name: `fuzz ${name}`,
    files: withDrawn(`test/fuzz/targets/${name}.ts`),
    settings: `seed ${seed}, ${to} cases, ${growers} growing to ${bytes} bytes`,
    async run() {
      const cases = await fuzz('cases', name, to)
      const growth = await fuzz('growth', name, growers)
      return { failed: failedOf(cases) + failedOf(growth), result: wordsOf(cases, growth) }
    },
  }
}

/** By what may be asked, and not by what is answered: most changes of docs/openapi.json draw no other requests. */
function openapiRow(): Row {
  const [openapiSeed, examples] = [2, 220]
  return {
    name: 'fuzz openapi',
    files: ['agent/http/contract/contract.ts'],
    settings: `schemathesis ${schemathesisVersion}, seed ${openapiSeed}, ${examples} examples`,
    async run() {
      const { fuzzOpenapi } = await import('./fuzz-openapi.ts')
      return fuzzOpenapi(openapiSeed, examples)
    },
  }
}

/** By how a release is made, and not by what is in it: the parts that need npm alone are made by every `npm test`. */
function releaseRow(): Row {
  const packaging = readdirSync('packaging').map((name) => `packaging/${name}`)
  return {
    name: 'release',
    files: ['Dockerfile', 'image/warm.ts', ...packaging],
    settings: 'twice, with the image of both architectures and the executable for macOS',
    async run() {
      const { tryRelease } = await import('./release/release.ts')
      return tryRelease()
    },
  }
}

/** The file, and what it draws by. */
function withDrawn(file: string, known: readonly string[] = []): readonly string[] {
  const text = readFileSync(file, 'utf8')
  const imported = [...text.matchAll(/ from '(\.[^']*)'/g)].map(([, path = '']) => join(dirname(file), path))
  const drawn = imported.filter((path) => path.startsWith('test/fuzz/draw/') && !known.includes(path))
  return drawn.reduce<readonly string[]>((all, path) => withDrawn(path, all), [...new Set([...known, file])])
}

async function fuzz(what: 'cases' | 'growth', target: string, to: number): Promise<Ran> {
  const ran = await runTarget({ what, target, seed, to, bytes })
  for (const failure of ran.failures)
    process.stdout.write(`FAILED: ${reproduce(failure, { what, target, seed })}\n`)
  return ran
}

function wordsOf(cases: Ran, growth: Ran): string {
  const exceptions = cases.exceptions + growth.exceptions
  const hangs = cases.hangs + growth.hangs
  const slowest = `slowest ${cases.slowest.took.toFixed(0)} ms`
  const counts = `${exceptions} exceptions, ${hangs} hangs, ${growth.growths} growths`
  return `${cases.cases} cases (${slowest}) and ${growth.cases} growing inputs: ${counts}`
}

/** Where other files are changes no input. */
const imports = /^import [^']*'[^']*'\n/gm

/** Of what a row is made by, 12 hexadecimal digits. */
export function inputHash({ files, settings }: Row): string {
  const texts = files.toSorted().map((file) => readFileSync(file, 'utf8').replace(imports, ''))
  return hash('sha256', JSON.stringify([settings, ...texts])).slice(0, 12)
}
