import { readFile, readdir } from 'node:fs/promises'

/** The variable that identifies every process of a run, whatever group or session it moved to. */
export const markName = 'HOSTDEPS_RUN'

/** The next pass finds a process that forked during this one. */
const mostPasses = 5

/** Kills every process with this mark in its environment. Resolves when a pass finds none, or after the last pass. */
export async function killMarked(mark: string): Promise<void> {
  for (let pass = 0; pass < mostPasses; pass++) {
    const pids = await findMarked(mark)
    if (pids.length === 0) return
    pids.forEach(kill)
  }
}

/** Zombies have an empty environment, so they are not found. */
async function findMarked(mark: string): Promise<number[]> {
  const names = await readdir('/proc')
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number)
  const marked = await Promise.all(pids.map((pid) => hasMark(pid, mark)))
  return pids.filter((_, index) => marked[index])
}

async function hasMark(pid: number, mark: string): Promise<boolean> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1')
    return environment.split('\0').includes(`${markName}=${mark}`)
  } catch {
    return false
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has already ended.
  }
}
