import { existsSync, readFileSync } from 'node:fs'
import type { Answer, ProcessFacts, ProcessQuestion } from '#agent/model/question.ts'
import { fateOfErrno } from '#agent/host/files/errno.ts'
import { findProcess } from './list-processes.ts'
import type { RunningProcess } from './list-processes.ts'
import { holdProcess } from './held-process.ts'
import type { HeldProcess } from './held-process.ts'
import { findHostProcess } from './host-process.ts'
import type { ProcessView } from './host-process.ts'

/** `inside`: the processes that the host can see, including those of its containers. */
export interface ProcessesSeen extends ProcessView {
  readonly inside: Answer<readonly RunningProcess[]>
}

/**
 * Reads the facts of the oldest process with a name. Its absence is proven only where other users' processes are visible: with
 * hidepid (proc(5)), only root sees process 1.
 */
export function askProcess(view: ProcessesSeen, { name, of }: ProcessQuestion): Answer<ProcessFacts> {
  const found = of === 'host' ? findHostProcess(view, name) : findAny(view, name)
  if (found.fate === 'absent' && !isWhole(view.procfs)) return { fate: 'failed', detail: found.detail }
  return found.fate === 'found' ? readFacts(found.value) : found
}

function findAny({ procfs, inside }: ProcessesSeen, name: string): Answer<HeldProcess> {
  const found = findProcess(inside, name)
  if (found.fate !== 'found') return found
  const held = holdProcess(procfs, found.value)
  return 'fate' in held ? held : { fate: 'found', value: held }
}

function readFacts({ place, release }: HeldProcess): Answer<ProcessFacts> {
  const path = `${place}/limits`
  try {
    return { fate: 'found', value: { limits: readFileSync(path, 'utf8') } }
  } catch (error) {
    return fateOfErrno(error, 'its limits')
  } finally {
    release()
  }
}

function isWhole(procfs: string): boolean {
  return existsSync(`${procfs}/1/stat`)
}
