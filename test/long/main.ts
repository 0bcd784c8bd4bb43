import { execa } from 'execa'
import { runHost, tableHosts } from './fixes/hosts.ts'
import { compareRestarts } from './restarts/compare.ts'
import { readResults, writeResult } from './results.ts'
import { inputHash, rows } from './rows.ts'
import { agentImage } from '../setup/agent-image.ts'
import { descheduler } from '../setup/descheduler.ts'
import { allFixPackages, fixPackages } from '../setup/fix-packages.ts'
import { hostRoot } from '../setup/host-root.ts'
import { kubernetesPrograms } from '../setup/kubernetes-programs.ts'
import { podImage } from '../setup/pod-image.ts'
import { setUp } from '../setup/set-up.ts'
import type { Step } from '../setup/step.ts'
import { withNeeds } from '../setup/steps.ts'
import { sweepHosts } from '../setup/sweep-hosts.ts'
import { vmImage } from '../setup/vm-image.ts'

/**
 * `npm run test:long`: runs all rows, or those that are named (`-- 'fuzz config'`), and writes RESULTS.md after each. The fixes of
 * a host (`-- 'fixes Debian 12'`) are a section of FIXES.md; with REST=1 only those whose text is another by now, or that were wrong.
 */
const names = process.argv.slice(2)
const [failuresRow, restartsRow] = ['failures', 'restarts']
const hosts = tableHosts.map((host) => ({ ...host, row: `fixes ${host.name}` }))
const known = [...rows.map(({ name }) => name), ...hosts.map(({ row }) => row), failuresRow, restartsRow]
const unknown = names.filter((name) => !known.includes(name))
const chosen = rows.filter(({ name }) => names.length === 0 || names.includes(name))
if (unknown.length > 0) {
  process.stderr.write(`no row ${unknown.join(', ')}; there are: ${known.join(', ')}\n`)
  process.exitCode = 2
} else {
  if (chosen.length > 0) await runAll()
  await runFixes()
  if (names.length === 0 || names.includes(failuresRow)) await runFailures()
  if (names.length === 0 || names.includes(restartsRow)) await runRestarts()
}

/** Twenty failures on real kubelets, and what why says of each. */
async function runFailures(): Promise<void> {
  const all = new URL('../all.ts', import.meta.url).pathname
  const env = { FAILURES_TABLE: new URL('FAILURES.md', import.meta.url).pathname }
  const argv = [all, 'test/cluster/failures.nodes.test.ts']
  const { exitCode } = await execa(process.execPath, argv, { env, stdio: 'inherit', reject: false })
  if (exitCode !== 0) process.exitCode = 1
}

/** Pods on real kubelets that failed before a fix, and what restart and descheduler do with each. */
async function runRestarts(): Promise<void> {
  process.stdout.write(`[${restartsRow}]\n`)
  const isThere = await setUpAll(withNeeds([sweepHosts, hostRoot, podImage, agentImage, kubernetesPrograms]))
  if (!isThere) return
  const program = await descheduler((progress) => process.stdout.write(`descheduler: ${progress}\n`))
  const wrong = await compareRestarts(program)
  if (wrong > 0) process.exitCode = 1
  process.stdout.write(`${restartsRow}: ${wrong} cases are wrong\n`)
}

/** Each host by itself. What it needs is set up as for `npm test`. */
async function runFixes(): Promise<void> {
  const wanted = hosts.filter(({ row }) => names.length === 0 || names.includes(row))
  if (wanted.length === 0) return
  const isThere = await setUpAll([...withNeeds([fixPackages, vmImage]), allFixPackages])
  for (const { row, ...host } of isThere ? wanted : []) {
    process.stdout.write(`[${row}]\n`)
    const wrong = await runHost(host, process.env['REST'] === '1')
    if (wrong > 0) process.exitCode = 1
    process.stdout.write(`${row}: ${wrong} rows are wrong\n`)
  }
}

/** Whether all of it could be had; it is said what not. */
async function setUpAll(steps: readonly Step[]): Promise<boolean> {
  const lacking: string[] = []
  for (const step of steps) lacking.push(...[await setUp(step, { retries: 1 })].filter((why) => why !== null))
  for (const why of lacking) process.stdout.write(`FAILED: ${why}\n`)
  if (lacking.length > 0) process.exitCode = 1
  return lacking.length === 0
}

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
