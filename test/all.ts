import { readFile, mkdir, rm } from 'node:fs/promises'
import { relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { agentImage } from './setup/agent-image.ts'
import { controlPlane } from './setup/control-plane.ts'
import { debianReleases } from './setup/debian-releases.ts'
import { foreignKinds } from './setup/foreign-kinds.ts'
import { hostRoot } from './setup/host-root.ts'
import { kernelTrees } from './setup/kernel-trees.ts'
import { podImage } from './setup/pod-image.ts'
import { promtool } from './setup/promtool.ts'
import type { Step } from './setup/step.ts'
import { sweepHosts } from './setup/sweep-hosts.ts'
import { systemPackages } from './setup/system-packages.ts'

/**
 * All tests: sets up what they need, says what it does, runs them, and ends with the plain count. What cannot be set
 * up is a failure with CI=true; elsewhere its tests are skipped, loudly.
 */
const steps: readonly Step[] = [
  sweepHosts,
  hostRoot,
  debianReleases,
  kernelTrees,
  podImage,
  agentImage,
  foreignKinds,
  promtool,
]
const isCi = process.env['CI'] === 'true'

const started = Date.now()
const lacking: string[] = []
await setUp(systemPackages)
// From cold it takes minutes, and the first tests do not need it.
const cluster = setUp(controlPlane)
for (const step of steps) await setUp(step)
const counts = [await runTests('unit'), await runTests('real')]
await cluster
counts.push(await runTests('cluster'))

// The end of a long run is all that some logs keep.
for (const failure of counts.flatMap(({ failures }) => failures))
  process.stdout.write(`\nFAILED: ${failure}\n`)
for (const line of lacking) process.stdout.write(`\n${isCi ? 'FAILED' : 'SKIPPED'}: ${line}\n`)
process.stdout.write(`\nall of it took ${((Date.now() - started) / 60_000).toFixed(1)} minutes\n`)
const total = (part: 'passed' | 'failed' | 'skipped') => counts.reduce((sum, count) => sum + count[part], 0)
const failed = total('failed') + (isCi ? lacking.length : 0)
process.stdout.write(`\n${total('passed')} passed, ${failed} failed, ${total('skipped')} skipped\n`)
process.exitCode = failed === 0 && total('passed') > 0 ? 0 : 1

async function setUp(step: Step): Promise<void> {
  const start = Date.now()
  const tell = (progress: string) =>
    process.stdout.write(`[set-up ${Math.round((Date.now() - start) / 1000)} s] ${step.title}: ${progress}\n`)
  // A registry may be away for a moment, and what a step has got it keeps.
  for (let retries = isCi ? 1 : 0; ; retries--) {
    try {
      Object.assign(process.env, await step.run(tell))
      tell('there')
      return
    } catch (error) {
      if (retries === 0) {
        tell('cannot be had')
        lacking.push(`what needs ${step.title}, since ${whyOf(error)}. To get it: ${step.hint}`)
        return
      }
      tell(`once more in 20 s: ${whyOf(error)}`)
      await sleep(20_000)
    }
  }
}

/** Of a program that failed, which and the end of what it said: debootstrap says a line a package. */
function whyOf(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n')
  return lines.length < 14 ? lines.join('\n') : [lines[0], ...lines.slice(-12)].join('\n')
}

interface Counts {
  readonly passed: number
  /** At least one when vitest itself did not end well: a file that does not load has no tests to count. */
  readonly failed: number
  readonly skipped: number
  /** The file and the full name of each, and the beginning of what it says. */
  readonly failures: readonly string[]
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

async function runTests(project: string): Promise<Counts> {
  const file = `.cache/${project}-results.json`
  await mkdir('.cache', { recursive: true })
  await rm(file, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const { exitCode } = await execa('vitest', ['run', '--project', project, ...reporters], {
    stdio: 'inherit',
    reject: false,
    preferLocal: true,
  })
  const report: Report = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'))
  const isWhole = exitCode === 0 && report.success === true
  const failed = report.numFailedTests ?? 0
  return {
    passed: report.numPassedTests ?? 0,
    failed: isWhole ? failed : Math.max(failed, 1),
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
    failures: failuresOf(report),
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
