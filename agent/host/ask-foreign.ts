import type { AnswerEntry } from '#agent/model/answers.ts'
import type { Answer, FileStat, Program, Question } from '#agent/model/question.ts'
import { isFileQuestion } from '#agent/host/files/ask-files.ts'
import type { HeldProcess } from '#agent/host/processes/held-process.ts'
import { openFiles } from './open-namespace.ts'
import type { Means } from './open-namespace.ts'
import { placesOf } from '#agent/host/processes/target.ts'

/** The process in whose mount namespace the questions are asked. */
export interface Foreign {
  readonly name: string
  readonly held: HeldProcess
}

/**
 * Asks in a mount namespace that is not the host's. Whoever made it decides what each path in it shows: any program, or any
 * file of the host bound over any other. So nothing is run there, and an answer says only that a path exists, its type and
 * its mode. Every other question is denied, whichever check asks.
 */
export async function askForeign(
  { name, held }: Foreign,
  questions: readonly Question[],
  means: Means,
): Promise<readonly AnswerEntry[]> {
  const ask = openFiles(placesOf(held.place), means)
  const allowed = questions.filter((question) => isFileQuestion(question) && question.ask in disclose)
  const answers = await ask(allowed.filter(isFileQuestion))
  const others = questions.filter((question) => !allowed.includes(question))
  return [
    ...answers.map(([question, answer]) => [question, plainAnswer(name, question, answer)] as const),
    ...others.map((question) => [question, denied(name)] as const),
  ]
}

function plainAnswer(name: string, question: Question, answer: Answer<unknown>): Answer<unknown> {
  const reduce = disclose[question.ask]
  if (reduce === undefined) return denied(name)
  if (answer.fate === 'found') return { fate: 'found', value: reduce(answer.value as never, question) }
  return { fate: answer.fate, detail: plainDetail(name, answer.detail) }
}

/** What was seen on the way, such as a link's target, is content too. */
function plainDetail(name: string, detail: string): string {
  return detail.startsWith('looked for ') ? detail : `it was looked for as ${name} sees it`
}

/** The kinds of questions that are answered, and how much of each answer is disclosed. */
const disclose: Partial<Record<Question['ask'], (value: never, question: Question) => unknown>> = {
  which: (value: Program) => value,
  stat: ({ type, mode, uid, gid }: FileStat, question: Question): FileStat => ({
    type,
    mode,
    uid,
    gid,
    size: null,
    realPath: 'path' in question ? question.path : '',
  }),
}

function denied(name: string): Answer<never> {
  const detail = `${name} has its own mount namespace; nothing is run and no content is read there`
  return { fate: 'denied', detail }
}
