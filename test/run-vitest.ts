import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { execa } from 'execa'
import type { Project } from './projects.ts'
import { durationsPath } from './setup/durations.ts'
import type { Duration } from './setup/durations.ts'

export interface Counts {
  readonly passed: number
  /** At least one when vitest itself did not end well: a file that does not load has no tests to count. */
  readonly failed: number
  readonly skipped: number
  /** The file and the full name of each, and the beginning of what it says. */
  readonly failures: readonly string[]
  readonly durations: readonly Duration[]
}

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly success?: boolean
  readonly numFailedTests?: number
  readonly numPassedTests?: number
  readonly numPendingTests?: number
  readonly numTodoTests?: number
  readonly testResults?: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** Of these projects, these files, or all; with vitest's own flags. */
export async function runVitest(
  projects: readonly Project[],
  { files, flags }: { readonly files: readonly string[]; readonly flags: readonly string[] },
): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'hostdeps-results-'))
  const [file, durations] = [join(folder, 'results.json'), join(folder, 'durations.json')]
  const ours = ['skipped', 'durations'].map((name) => `./test/setup/${name}.ts`)
  const reporters = ['default', 'json', ...ours].map((name) => `--reporter=${name}`)
  const chosen = projects.flatMap((project) => ['--project', project])
  const argv = ['run', ...chosen, ...reporters, `--outputFile.json=${file}`, ...flags, ...files]
  const env = { [durationsPath]: durations }
  const { exitCode } = await execa('vitest', argv, {
    stdio: 'inherit',
    reject: false,
    preferLocal: true,
    env,
  })
  const report: Report = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'))
  const took: Duration[] = JSON.parse(await readFile(durations, 'utf8').catch(() => '[]'))
  await rm(folder, { recursive: true })
  const isWhole = exitCode === 0 && report.success === true
  const failed = report.numFailedTests ?? 0
  return {
    passed: report.numPassedTests ?? 0,
    failed: isWhole ? failed : Math.max(failed, 1),
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
    failures: failuresOf(report),
    durations: took,
  }
}

function failuresOf({ testResults = [] }: Report): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name)
    const failed = assertionResults.filter((test) => test.status === 'failed')
    if (failed.length === 0) return status === 'failed' ? [`${file}\n${beginningOf(message)}`] : []
    return failed.map((test) => `${file} > ${test.fullName}\n${beginningOf(test.failureMessages.join('\n'))}`)
  })
}

function beginningOf(text: string): string {
  return text.trim().split('\n').slice(0, 12).join('\n')
}
