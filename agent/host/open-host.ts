import type { AnswerEntry } from '../model/answers.ts'
import type { Host } from '../model/host.ts'
import type { Answer, Question } from '../model/question.ts'
import { askPorts } from './ask-ports.ts'
import { askProcess } from './ask-process.ts'
import { createFileCache } from './file-cache.ts'
import { findProcess, listProcesses } from './find-process.ts'
import type { RunningProcess } from './find-process.ts'
import { keepInside } from './inside-target.ts'
import { askKernelClock } from './kernel-clock.ts'
import { createKeptRuns } from './kept-runs.ts'
import { once } from './once.ts'
import { openNamespace } from './open-namespace.ts'
import { createRuns } from './run-once.ts'
import { targetOf, testTarget } from './target.ts'

export interface HostOptions {
  /** The proc file system to look through: /proc, or the host's as it is mounted in a container. */
  readonly procfs: string
  /** The process whose mount namespace is the host; null for our own. */
  readonly targetPid: number | null
  /** Longest wait for one answer, milliseconds; asked anew for each asking. */
  readonly deadline: () => number
}

/**
 * Opens a host to be asked.
 *
 * - Files are read by ourselves, at once; what lies on a mount that may hang is read by a child.
 * - Programs are run in the host's mount namespace; all units are one run of systemctl.
 * - Every answer comes within the deadline and 200 ms, whatever the host does; none waits for another.
 */
export function openHost({ procfs, targetPid, deadline }: HostOptions): Host {
  const target = targetOf(procfs, targetPid)
  const means = { cache: createFileCache(), runs: createRuns(), kept: createKeptRuns() }

  const askGroup = async (
    process: string | null,
    group: readonly Question[],
    listed: () => Answer<readonly RunningProcess[]>,
  ): Promise<readonly AnswerEntry[]> => {
    const timed = { ...means, deadline: deadline() }
    if (process === null) return openNamespace(target, timed).ask(group)
    const found = findProcess(listed(), process)
    if (found.fate !== 'found') return group.map((question) => [question, found])
    return openNamespace(targetOf(procfs, found.value), timed).ask(group)
  }

  return {
    description: target.description,
    selfTest: () => Promise.resolve(testTarget(target)),
    abandoned: () => means.runs.abandoned(),
    async ask(questions) {
      const listed = once(() => listProcesses(procfs))
      const inside = once(() => keepInside(procfs, targetPid, listed()))
      const processes = questions.filter((question) => question.ask === 'process')
      const ports = questions.filter((question) => question.ask === 'port')
      const clocks = questions.filter((question) => question.ask === 'kernelClock')
      const others = questions.filter(
        ({ ask }) => ask !== 'process' && ask !== 'port' && ask !== 'kernelClock',
      )
      const view = () => ({ procfs, pid: String(targetPid ?? 'self'), listed: listed() })
      const held = ports.length === 0 ? [] : askPorts(view(), ports)
      const groups = Map.groupBy(others, (question) => ('in' in question ? (question.in ?? null) : null))
      const all = await Promise.all([...groups].map(([process, group]) => askGroup(process, group, inside)))
      return [
        ...processes.map((question) => [question, askProcess(procfs, inside(), question.name)] as const),
        ...ports.map((question, index) => [question, held[index] ?? unasked] as const),
        ...clocks.map((question) => [question, askKernelClock()] as const),
        ...all.flat(),
      ]
    },
  }
}

const unasked: Answer<never> = { fate: 'failed', detail: 'no answer came' }
