import { readFile, mkdir, rm } from 'node:fs/promises'
import { execa } from 'execa'
import { hostRoot } from './setup/host-root.ts'
import type { Step } from './setup/step.ts'
import { sweepHosts } from './setup/sweep-hosts.ts'
import { systemPackages } from './setup/system-packages.ts'

/**
 * All tests: sets up what they need, says what it does, runs them, and ends with the plain count. What cannot be set
 * up is a failure with CI=true; elsewhere its tests are skipped, loudly.
 */
const steps: readonly Step[] = [systemPackages, sweepHosts, hostRoot]
const projects = ['unit', 'real'] as const
const isCi = process.env['CI'] === 'true'

const skipped: string[] = []
for (const step of steps) await setUp(step)
const counts: Counts[] = []
for (const project of projects) counts.push(await runTests(project))

const total = (part: 'passed' | 'failed' | 'skipped') => counts.reduce((sum, count) => sum + count[part], 0)
for (const line of skipped) process.stdout.write(`\nSKIPPED: ${line}\n`)
process.stdout.write(`\n${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped\n`)
const isGood = total('failed') === 0 && total('passed') > 0 && counts.every((count) => count.isWhole)
process.exitCode = isGood ? 0 : 1

async function setUp(step: Step): Promise<void> {
  const start = Date.now()
  const tell = (progress: string) =>
    process.stdout.write(`[set-up ${Math.round((Date.now() - start) / 1000)} s] ${step.title}: ${progress}\n`)
  try {
    Object.assign(process.env, await step.run(tell))
    tell('there')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    if (isCi) throw new Error(`${step.title} is needed where CI=true: ${why}`, { cause: error })
    skipped.push(`what needs ${step.title}, since ${why}. To get it: ${step.hint}`)
  }
}

interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** vitest itself ended well. */
  readonly isWhole: boolean
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
  const results = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'))
  return {
    passed: Number(results.numPassedTests ?? 0),
    failed: Number(results.numFailedTests ?? 0) + (exitCode !== 0 && !results.numFailedTests ? 1 : 0),
    skipped: Number(results.numPendingTests ?? 0) + Number(results.numTodoTests ?? 0),
    isWhole: exitCode === 0,
  }
}
