import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { distance } from 'fastest-levenshtein'
import { allTests } from './projects.ts'

export const usage = `Usage: npm test [-- [-t NAME] [--update] [PATH ...]]

Sets up what the tests need and runs them; the whole of them without a PATH, and "npm run check" before.
PATH is a test file or a folder: only what these need is set up. A file may be named without .slow, .plane, .nodes or .real.

  -t, --testNamePattern NAME   only the tests whose full name matches this pattern
  -u, --update                 write golden output anew
  -h, --help                   this
`

export interface Selection {
  /** All test files when nothing is named. */
  readonly files: readonly string[]
  readonly isWhole: boolean
  /** For vitest as they are. */
  readonly flags: readonly string[]
}

/** What the arguments say, or why they say nothing; null when help is asked for. */
export function select(argv: readonly string[]): Selection | { readonly mistake: string } | null {
  const parsed = parse(argv)
  if ('mistake' in parsed) return parsed
  const { values, positionals } = parsed
  if (values.help === true) return null
  const tests = allTests()
  const found = positionals.map((path) => testsAt(path, tests))
  const unknown = positionals.filter((_, index) => found[index]?.length === 0)
  if (unknown.length > 0) return { mistake: unknown.map((path) => noTest(path, tests)).join('\n') }
  const pattern = values.testNamePattern
  const flags = pattern === undefined ? [] : ['--testNamePattern', pattern]
  if (values.update === true) flags.push('--update')
  const isWhole = positionals.length === 0 && pattern === undefined
  return { files: positionals.length === 0 ? tests : [...new Set(found.flat())].toSorted(), isWhole, flags }
}

function parse(argv: readonly string[]) {
  const options = {
    testNamePattern: { type: 'string', short: 't' },
    update: { type: 'boolean', short: 'u' },
    help: { type: 'boolean', short: 'h' },
  } as const
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true })
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) }
  }
}

/** A test's name without what it says of its needs. */
function plain(file: string): string {
  return file.replace(/\.(?:slow|plane|nodes|real)\.test\.ts$/, '.test.ts')
}

function testsAt(path: string, tests: readonly string[]): string[] {
  const place = relative(process.cwd(), path)
  const exact = tests.filter((file) => file === place || file.startsWith(`${place}/`) || place === '')
  return exact.length > 0 ? exact : tests.filter((file) => plain(file) === place)
}

function noTest(path: string, tests: readonly string[]): string {
  if (existsSync(path)) return `${path} is no test, and has none below it`
  const [nearest] = tests.toSorted((a, b) => distance(plain(a), path) - distance(plain(b), path))
  return `there is no test ${path} (did you mean ${nearest}?)`
}
