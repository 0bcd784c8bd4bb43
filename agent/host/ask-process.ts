import { existsSync, readFileSync } from 'node:fs'
import type { Answer, ProcessFacts } from '../model/question.ts'
import { fateOfErrno } from './errno.ts'
import { findProcess } from './find-process.ts'
import type { RunningProcess } from './find-process.ts'

/**
 * The oldest process of a name. That there is none is proven only where the processes of others are seen at all:
 * with hidepid (proc(5)) process 1 is not, for who is not root.
 */
export function askProcess(
  procfs: string,
  listed: Answer<readonly RunningProcess[]>,
  name: string,
): Answer<ProcessFacts> {
  const found = findProcess(listed, name)
  if (found.fate !== 'found') return found.fate === 'failed' && isWhole(procfs) ? gone(name) : found
  const path = `${procfs}/${found.value}/limits`
  try {
    return { fate: 'found', value: { limits: readFileSync(path, 'utf8') } }
  } catch (error) {
    return fateOfErrno(error, path)
  }
}

function isWhole(procfs: string): boolean {
  return existsSync(`${procfs}/1/stat`)
}

function gone(name: string): Answer<ProcessFacts> {
  return { fate: 'absent', detail: `no process named ${name} runs on this host` }
}
