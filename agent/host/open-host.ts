import type { AnswerEntry } from '#agent/model/answers.ts'
import type { Host } from '#agent/model/host.ts'
import type { Answer, Question } from '#agent/model/question.ts'
import { noSpawns } from '#agent/model/spawns.ts'
import type { SpawnKind } from '#agent/model/spawns.ts'
import { askForeign } from './ask-foreign.ts'
import { askPorts } from '#agent/host/processes/ask-ports.ts'
import { askProcess } from '#agent/host/processes/ask-process.ts'
import { createFileCache } from '#agent/host/files/file-cache.ts'
import { listProcesses } from '#agent/host/processes/list-processes.ts'
import { findHostProcess } from '#agent/host/processes/host-process.ts'
import { visibleProcesses } from '#agent/host/processes/visible-processes.ts'
import { askKernelClock } from './kernel-clock.ts'
import { createRunCache } from '#agent/host/programs/run-cache.ts'
import { mountNamespaceOf } from '#agent/host/processes/mount-namespace.ts'
import { once } from '#agent/host/files/once.ts'
import { openNamespace } from './open-namespace.ts'
import type { Means } from './open-namespace.ts'
import { createRuns } from '#agent/host/programs/single-flight.ts'
import { startedSweeps, stuckSweeps } from '#agent/host/programs/run-program.ts'
import { openTarget, testTarget } from '#agent/host/processes/target.ts'
import type { Target } from '#agent/host/processes/target.ts'

export interface HostOptions {
  /** The proc file system to use: /proc, or the host's where it is mounted in a container. */
  readonly procfs: string
  /** The process whose mount namespace is the host; null for our own. */
  readonly targetPid: number | null
  /** Longest wait for one answer, milliseconds; read again for each set of questions. */
  readonly deadline: () => number
}

/**
 * Opens a host to answer questions.
 *
 * - We read files ourselves, synchronously; a child reads those on a mount that may hang.
 * - Programs run in the host's own mount namespace and in no other; one run of systemctl asks for all units.
 * - In the mount namespace of another process nothing is run and no content is read, whoever asks.
 * - Every answer comes within the deadline plus 200 ms, whatever the host does; none waits for another.
 */
export function openHost({ procfs, targetPid, deadline }: HostOptions): Host {
  let target = openTarget(procfs, targetPid)
  const spawned = { ...noSpawns }
  const means = {
    cache: createFileCache(),
    runs: createRuns(),
    kept: createRunCache(),
    spawns: (kind: SpawnKind) => void spawned[kind]++,
  }
  // A target that was absent at the start may appear later.
  const current = () => ('fate' in target ? (target = openTarget(procfs, targetPid)) : target)

  return {
    description: 'fate' in target ? `process ${targetPid} of ${procfs}` : target.description,
    selfTest() {
      const now = current()
      return Promise.resolve('fate' in now ? now : testTarget(now))
    },
    abandoned: () => means.runs.abandoned() + stuckSweeps(),
    spawned: () => ({ ...spawned, sweep: startedSweeps() }),
    ask(questions) {
      const now = current()
      if ('fate' in now) return Promise.resolve(questions.map((question) => [question, now]))
      const listed = once(() => listProcesses(procfs))
      const inside = once(() => visibleProcesses(procfs, targetPid, listed()))
      return askAll(questions, {
        target: now,
        means: { ...means, deadline: deadline() },
        processes: () => ({ procfs, target: now.place, listed: listed(), inside: inside() }),
      })
    },
  }
}

interface Asking {
  readonly target: Target
  readonly means: Means
  readonly processes: () => Parameters<typeof askProcess>[0]
}

async function askAll(questions: readonly Question[], asking: Asking): Promise<readonly AnswerEntry[]> {
  const processes = questions.filter((question) => question.ask === 'process')
  const ports = questions.filter((question) => question.ask === 'port')
  const clocks = questions.filter((question) => question.ask === 'kernelClock')
  const others = questions.filter(({ ask }) => ask !== 'process' && ask !== 'port' && ask !== 'kernelClock')
  const held = ports.length === 0 ? [] : askPorts(asking.processes(), ports)
  const groups = Map.groupBy(others, (question) => ('in' in question ? (question.in ?? null) : null))
  const all = await Promise.all([...groups].map(([name, group]) => askGroup(name, group, asking)))
  return [
    ...processes.map((question) => [question, askProcess(asking.processes(), question)] as const),
    ...ports.map((question, index) => [question, held[index] ?? unasked] as const),
    ...clocks.map((question) => [question, askKernelClock()] as const),
    ...all.flat(),
  ]
}

const unasked: Answer<never> = { fate: 'failed', detail: 'no answer came' }

/** @param name the process whose mount namespace to ask in; null for the host's own */
async function askGroup(
  name: string | null,
  group: readonly Question[],
  { target, means, processes }: Asking,
): Promise<readonly AnswerEntry[]> {
  if (name === null) return openNamespace(target, means).ask(group)
  const found = findHostProcess(processes(), name)
  // That it is not running proves nothing about what it would see.
  if (found.fate === 'absent') return group.map((question) => [question, { ...found, fate: 'failed' }])
  if (found.fate !== 'found') return group.map((question) => [question, found])
  const { value: held } = found
  try {
    const [own, its] = [mountNamespaceOf(target.place), mountNamespaceOf(held.place)]
    if (own === its) return await openNamespace(target, means).ask(group)
    return await askForeign({ name, held }, group, means)
  } finally {
    held.release()
  }
}
