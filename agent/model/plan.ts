import type { Check } from './check.ts'
import type { Failed } from './failed.ts'
import type { Facts } from './facts.ts'
import type { Need } from './need.ts'
import { questionKey } from './question-key.ts'
import type { Question } from './question.ts'

/** Everything the checks have to ask, each question once. A need of which that cannot be told, by our own bug, asks nothing. */
export function plan(checks: readonly Check[], facts: Facts, failed?: Failed): Question[] {
  const needs = checks.flatMap((check) => check.needs)
  // Most needs of a kind ask by the very same objects.
  const objects = new Set(needs.flatMap((need) => needQuestions(need, facts, failed)))
  return [...new Map([...objects].map((question) => [questionKey(question), question])).values()]
}

function needQuestions(need: Need, facts: Facts, failed?: Failed): readonly Question[] {
  try {
    if (need.type === 'check' || need.applies(facts) !== null) return []
    if (need.type === 'anyOf') return need.needs.flatMap((inner) => needQuestions(inner, facts, failed))
    return need.questions(facts)
  } catch (error) {
    failed?.(error, need)
    return []
  }
}
