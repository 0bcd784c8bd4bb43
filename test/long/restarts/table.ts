import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deschedulerVersion } from '../../setup/descheduler.ts'
import { cases, restartsBefore, restartsHash } from './cases.ts'
import type { Case } from './cases.ts'
import type { Tool } from './tools.ts'

/** What became of the pod of one case. */
export interface Outcome {
  /** Whether it is another pod by now, or none. */
  readonly isRestarted: boolean
  /** Whether what is there at the end runs. */
  readonly isReady: boolean
  /** Why it was left alone, in the words of the tool. */
  readonly why: string | null
}

/** What one tool did. */
export interface Column {
  readonly tool: Tool
  /** By the name of the case. */
  readonly outcomes: ReadonlyMap<string, Outcome>
  /** Milliseconds. */
  readonly took: number
}

/** Whether each pod that should come up did, and no other was touched. */
export function isAsItShould({ isRight, isReady }: Case, outcome: Outcome | undefined): boolean {
  const shouldRun = isRight || isReady === true
  return outcome !== undefined && outcome.isRestarted === isRight && outcome.isReady === shouldRun
}

const file = join(import.meta.dirname, '..', 'RESTARTS.md')

export function writeTable(columns: readonly Column[]): void {
  writeFileSync(file, tableOf(columns))
}

function tableOf(columns: readonly Column[]): string {
  const rows = cases.map((one) => {
    const cells = columns.map(({ outcomes }) => cellOf(one, outcomes.get(one.name)))
    return rowOf([one.what, `${one.isRight ? 'yes' : 'no'}: ${one.why}`, ...cells])
  })
  const right = columns.map(({ outcomes }) =>
    String(cases.filter((one) => isAsItShould(one, outcomes.get(one.name))).length),
  )
  const times = columns.map(({ took }) => `${(took / 1000).toFixed(1)} s`)
  return [
    head(),
    rowOf(['the pod', 'should it be restarted?', ...columns.map(({ tool }) => tool.name)]),
    `|${'---|'.repeat(columns.length + 2)}\n`,
    ...rows,
    rowOf([`as it should be, of ${cases.length}`, '', ...right]),
    rowOf(['one run took', '', ...times]),
  ].join('')
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`
}

function cellOf(one: Case, outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'no outcome'
  const { isRestarted, isReady, why } = outcome
  const did = isRestarted ? restartedAs(one, isReady) : `left alone${why === null ? '' : `: ${plain(why)}`}`
  return isAsItShould(one, outcome) ? did : `**${did}**`
}

function restartedAs({ isReady: wasReady }: Case, isReady: boolean): string {
  if (wasReady === true) return isReady ? 'a Ready pod is ended; the next is Ready' : 'a Ready pod is ended'
  return isReady ? 'restarted, and Ready' : 'restarted, and crash-loops again'
}

function plain(text: string): string {
  return text.replaceAll('|', '/').replaceAll('`', "'")
}

function head(): string {
  return `# Who restarts what after a fix

<!-- inputs: ${restartsHash()} -->

Made on real kubelets by \`npm run test:long -- restarts\`. Each pod was restarted ${restartsBefore} times on a node that lacks open-iscsi and
nfs-common; then open-iscsi was installed, and what is Ready now was made to run. hostdeps and descheduler ${deschedulerVersion()} each found
the same pods in a namespace of their own, and ran once. What is **bold** is not as it should be; only what hostdeps does fails
the run.

descheduler has its plugin RemovePodsHavingTooManyRestarts with a podRestartThreshold of 3 and includingInitContainers, and nothing
else set: its usual protections leave alone DaemonSets and what mounts a folder of the host, and a policy may lift them. The plugin
counts restarts, and is not told why a pod fails; with \`states\` it looks only at what is in that state just now.

`
}
