import type { Answers } from '#agent/model/answers.ts'
import type { Answer, Question } from '#agent/model/question.ts'
import type { Verdict } from '#agent/model/reason.ts'

interface Last {
  readonly answers: readonly Answer<unknown>[]
  readonly verdict: Verdict
}

/**
 * The verdict of the last round once more, where all answers that it is made of are the same: the host hands out the same
 * value for a file that did not change. For needs whose answers are few and whose judging is long.
 */
export function judgeOnce(
  spec: object,
  asked: { readonly questions: readonly Question[]; readonly answers: Answers },
  judge: () => Verdict,
): Verdict {
  const answers = asked.questions.map((question) => asked.answers.of(question))
  const last = lasts.get(spec)
  if (last?.answers.length === answers.length && last.answers.every((one, at) => isSame(one, answers[at])))
    return last.verdict
  const verdict = judge()
  lasts.set(spec, { answers, verdict })
  return verdict
}

const lasts = new WeakMap<object, Last>()

function isSame(a: Answer<unknown>, b: Answer<unknown> | undefined): boolean {
  if (a === b) return true
  if (a.fate === 'found') return b?.fate === 'found' && a.value === b.value
  return b !== undefined && b.fate === a.fate && a.detail === b.detail
}
