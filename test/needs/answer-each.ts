import { collectAnswers } from '#agent/model/answers.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Kind } from '#agent/model/need.ts'
import type { Answer, Question } from '#agent/model/question.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { debian } from './memory-host.ts'

/** What a kind says of a need, written as in a check file, when each of its questions gets the answer that is given. */
export function judgeBy(
  kind: Kind,
  written: unknown,
  host: { answer: (question: Question) => Answer<unknown>; facts?: Partial<Facts> },
): Verdict {
  const spec = kind.schema.parse(written)
  const facts = { ...debian, ...host.facts }
  const entries = kind.questions(spec, facts).map((question) => [question, host.answer(question)] as const)
  return kind.judge(spec, collectAnswers(entries), facts)
}

export function found<V>(value: V): Answer<V> {
  return { fate: 'found', value }
}

export const absent: Answer<never> = { fate: 'absent', detail: 'it does not exist' }

/** The fates that prove nothing, with the reason that each must give. */
export const provesNothing = [
  [{ fate: 'denied', detail: 'no' }, 'PermissionDenied'],
  [{ fate: 'timed-out', detail: 'late' }, 'DeadlineExceeded'],
  [{ fate: 'failed', detail: 'odd' }, 'QuestionFailed'],
] as const
