import { readFileSync } from 'node:fs'
import { listProcesses, startOf } from '#agent/host/processes/list-processes.ts'
import type { RunningProcess } from '#agent/host/processes/list-processes.ts'
import { createReaders, mostStuck } from './read-apart.ts'
import type { Readers } from './read-apart.ts'

/** The variable that identifies every process of a run, whatever group or session it moved to. */
export const markName = 'HOSTDEPS_RUN'

export interface Sweeper {
  /**
   * Kills every process that carries this mark in its environment. Resolves when a pass finds none.
   *
   * @param since when the run began, clock ticks since boot: what is older is none of it
   */
  kill(mark: string, since: number): Promise<void>
  /** Processes that hang while they read an environment, and could not be killed. */
  stuck(): number
  /** Processes that were started to read environments. */
  started(): number
  /** Whether so many hang that no environment is read any more. */
  isStopped(): boolean
}

/** A process that forks while it is looked for is found by the next pass. */
const mostPasses = 5

/** Processes that are looked at in a pass, the oldest first; a host that starts more in a few seconds has other troubles. */
const mostCandidates = 1_000

/**
 * Whose environment is read may be anybody, and may block the reading for good: it can lie in a mapped file of a file system
 * of his own (FUSE). So only what was started after the run began is looked at, by processes that can be left behind: one
 * for all of them, and one for each when the mark is in there, or when it hangs.
 */
export function createSweeper(procfs: string, readers: Readers = createReaders()): Sweeper {
  const read = (processes: readonly RunningProcess[]) =>
    readers.read(processes.map(({ pid }) => `${procfs}/${pid}/environ`))
  const killIfMarked = async (candidate: RunningProcess, mark: string): Promise<boolean> => {
    const environment = await read([candidate])
    const isMarked = environment?.split('\0').includes(`${markName}=${mark}`) ?? false
    // Meanwhile its pid may have been given to another one.
    if (!isMarked || startedAt(procfs, candidate.pid) !== candidate.started) return false
    kill(candidate.pid)
    return true
  }
  return {
    async kill(mark, since) {
      for (let pass = 0; pass < mostPasses; pass++) {
        const candidates = startedSince(procfs, since)
        if (candidates.length === 0 || (await read(candidates))?.includes(mark) === false) return
        const killed = await Promise.all(candidates.map((candidate) => killIfMarked(candidate, mark)))
        if (!killed.includes(true)) return
      }
    },
    stuck: () => readers.stuck(),
    started: () => readers.started(),
    isStopped: () => readers.stuck() >= mostStuck,
  }
}

/** Clock ticks since boot; 0 of a process that cannot be seen. */
export function startedAt(procfs: string, pid: number | undefined): number {
  try {
    return startOf(readFileSync(`${procfs}/${pid}/stat`, 'utf8'))
  } catch {
    return 0
  }
}

/** Zombies are not listed. */
function startedSince(procfs: string, since: number): RunningProcess[] {
  const listed = listProcesses(procfs)
  if (listed.fate !== 'found') return []
  return listed.value
    .filter(({ started }) => started >= since)
    .toSorted((a, b) => a.started - b.started)
    .slice(0, mostCandidates)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has already ended.
  }
}
