import type { Answers } from '#agent/model/answers.ts'
import type { FileText, ReadQuestion, Unanswered } from '#agent/model/question.ts'

/** One file that may stand at several places: where it was found, or why it is not known to be absent. */
export type Source =
  | { readonly fate: 'found'; readonly path: string; readonly value: FileText }
  | { readonly fate: 'absent'; readonly detail: string }
  | UnreadSource

export type UnreadSource = Unanswered & { readonly path: string }

/** The first place that could be read wins, also over an earlier one that could not; absent only if all are. */
export function firstFound(answers: Answers, questions: readonly ReadQuestion[]): Source {
  let unread: UnreadSource | null = null
  let detail = 'is not there'
  for (const question of questions) {
    const { path } = question
    const answer = answers.of(question)
    if (answer.fate === 'found') return { fate: 'found', path, value: answer.value }
    if (answer.fate !== 'absent') unread ??= { fate: answer.fate, detail: answer.detail, path }
    else detail = answer.detail
  }
  return unread ?? { fate: 'absent', detail }
}
