import { fileURLToPath } from 'node:url'
import type { Answer, RunResult } from '#agent/model/question.ts'
import type { FileQuestion } from './ask-files.ts'

/** The child's input. */
export interface ChildTask {
  readonly root: string
  readonly questions: readonly FileQuestion[]
}

/** It is beside this file, both in the sources and in the bundle. */
const script = fileURLToPath(import.meta.resolve(`./file-child${import.meta.filename.slice(-3)}`))

/** The command line of the child for a task. */
export function childArgv(task: ChildTask): readonly [string, ...string[]] {
  return [process.execPath, script, JSON.stringify(task)]
}

/** Parses the child's output: one answer for each question. `place` says in words where the child reads. */
export function readChild(
  task: ChildTask,
  answer: Answer<RunResult>,
  place: string,
): readonly Answer<unknown>[] {
  if (answer.fate === 'timed-out')
    return task.questions.map(() => ({ fate: 'timed-out', detail: `${place} does not answer` }))
  if (answer.fate !== 'found') return task.questions.map(() => answer)
  try {
    return JSON.parse(answer.value.stdout) as readonly Answer<unknown>[]
  } catch {
    const { truncated, stderr } = answer.value
    const words = truncated ? 'it printed more than the limit' : stderr.slice(0, 200)
    const detail = `reading ${place} failed: ${words}`
    return task.questions.map(() => ({ fate: 'failed', detail }))
  }
}
