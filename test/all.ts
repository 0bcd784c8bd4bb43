import { bootsHosts, projectOf, stages } from './projects.ts'
import { runCheck } from './run-check.ts'
import { runVitest } from './run-vitest.ts'
import type { Counts } from './run-vitest.ts'
import { select, usage } from './select.ts'
import type { Selection } from './select.ts'
import { helm } from './setup/helm.ts'
import { kubernetesPrograms } from './setup/kubernetes-programs.ts'
import { needsOf } from './setup/needs.ts'
import { setUp } from './setup/set-up.ts'
import type { Step } from './setup/step.ts'
import { steps, withNeeds } from './setup/steps.ts'

/** From cold these take minutes, and nothing needs them that boots no host: they go on beside those tests. */
const slow: readonly Step[] = [helm, kubernetesPrograms]

/**
 * All tests, or those that are named: sets up what they need, says what it does, runs them, and ends with the plain count.
 * What cannot be set up is a failure with CI=true; elsewhere its tests are skipped, loudly.
 */
const isCi = process.env['CI'] === 'true'
const selection = select(process.argv.slice(2))
if (selection === null) process.stdout.write(usage)
else if ('mistake' in selection) {
  process.stderr.write(`${selection.mistake}\n\n${usage}`)
  process.exitCode = 2
} else await runAll(selection)

async function runAll({ files, isWhole, flags }: Selection): Promise<void> {
  const started = Date.now()
  const counts: Counts[] = isWhole ? [await runCheck()] : []
  const lacking: string[] = []
  const add = async (step: Step) => {
    const why = await setUp(step, { retries: isCi ? 1 : 0 })
    if (why !== null) lacking.push(why)
  }
  const wanted = isWhole ? steps : withNeeds(files.flatMap(needsOf))
  const begun = wanted.filter((step) => slow.includes(step)).map(add)
  for (const step of wanted.filter((step) => !slow.includes(step))) await add(step)
  for (const projects of stages) {
    const chosen = files.filter((file) => projects.includes(projectOf(file)))
    if (projects.some(bootsHosts)) await Promise.all(begun)
    if (chosen.length > 0) counts.push(await runVitest(projects, { files: isWhole ? [] : chosen, flags }))
  }
  sayAll(counts, { lacking, started, isWhole })
}

/** The end of a long run is all that some logs keep. */
function sayAll(
  counts: readonly Counts[],
  { lacking, started, isWhole }: { lacking: readonly string[]; started: number; isWhole: boolean },
): void {
  const say = (text: string) => process.stdout.write(`\n${text}\n`)
  if (isWhole) say(slowestOf(counts).join('\n'))
  for (const failure of counts.flatMap(({ failures }) => failures)) say(`FAILED: ${failure}`)
  for (const line of lacking) say(`${isCi ? 'FAILED' : 'SKIPPED'}: ${line}`)
  say(`all of it took ${((Date.now() - started) / 60_000).toFixed(1)} minutes`)
  const total = (part: 'passed' | 'failed' | 'skipped') => counts.reduce((sum, count) => sum + count[part], 0)
  const failed = total('failed') + (isCi ? lacking.length : 0)
  say(`${total('passed')} passed, ${failed} failed, ${total('skipped')} skipped`)
  process.exitCode = failed === 0 && total('passed') > 0 ? 0 : 1
}

/** Where to look when the whole takes too long. */
function slowestOf(counts: readonly Counts[]): string[] {
  return counts
    .flatMap(({ durations }) => durations)
    .toSorted((a, b) => b.took - a.took)
    .slice(0, 12)
    .map(({ file, took }) => `${(took / 1_000).toFixed(0).padStart(5)} s  ${file}`)
}
