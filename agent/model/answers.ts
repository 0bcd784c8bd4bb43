import { questionKey } from './question-key.ts'
import type { Answer, AnswerTo, Question } from './question.ts'

/** The answers of one round. A question that was never asked has the fate "failed", so our own bug is never "missing". */
export interface Answers {
  of<Q extends Question>(question: Q): AnswerTo<Q>
}

export type AnswerEntry = readonly [question: Question, answer: Answer<unknown>]

/** Answers to which others come while a round goes on. */
export interface GrowingAnswers extends Answers {
  has(question: Question): boolean
  add(entries: Iterable<AnswerEntry>): void
}

export function collectAnswers(entries: Iterable<AnswerEntry>): GrowingAnswers {
  const byKey = new Map<string, Answer<unknown>>()
  const add = (more: Iterable<AnswerEntry>) => {
    for (const [question, answer] of more) byKey.set(questionKey(question), answer)
  }
  add(entries)
  return {
    add,
    has: (question) => byKey.has(questionKey(question)),
    of<Q extends Question>(question: Q): AnswerTo<Q> {
      const answer = byKey.get(questionKey(question)) ?? { fate: 'failed', detail: 'was not asked' }
      // The key includes the way of asking, so the value has that way's type.
      return answer as AnswerTo<Q>
    },
  }
}
