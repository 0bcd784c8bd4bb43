import { fileURLToPath } from 'node:url'
import { isExecutable } from '#agent/shipped/shipped-files.ts'
import { fileChildWord } from '#agent/shipped/hidden-words.ts'
import type { Answer, RunResult } from '#agent/model/question.ts'
import type { FileQuestion } from './ask-files.ts'

/** The child's input. */
export interface ChildTask {
  readonly root: string
  readonly questions: readonly FileQuestion[]
}

/** What runs it: a script beside this one, both in the sources and in the bundle; the executable runs itself. */
const child = isExecutable
  ? fileChildWord
  : fileURLToPath(import.meta.resolve(`./file-child${import.meta.filename.slice(-3)}`))

/** The command line of the child for a task. */
export function childArgv(task: ChildTask): readonly [string, ...string[]] {
  return [process.execPath, child, JSON.stringify(task)]
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
