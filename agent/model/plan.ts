import type { Check } from './check.ts'

import type { Facts } from './facts.ts'
import type { Need } from './need.ts'
import { questionKey } from './question-key.ts'
import type { Question } from './question.ts'

/** Everything the checks have to ask, each question once. */
export function plan(checks: readonly Check[], facts: Facts): Question[] {
  const needs = checks.flatMap((check) => check.needs)
  // Most needs of a kind ask by the very same objects.
  const objects = new Set(needs.flatMap((need) => needQuestions(need, facts)))
  return [...new Map([...objects].map((question) => [questionKey(question), question])).values()]
}

function needQuestions(need: Need, facts: Facts): readonly Question[] {
  if (need.type === 'check' || need.applies(facts) !== null) return []
  if (need.type === 'anyOf') return need.needs.flatMap((inner) => needQuestions(inner, facts))
  return need.questions(facts)
}
