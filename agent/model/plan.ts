import { mostCustomQuestions } from './bounds.ts'
import type { Check } from './check.ts'
import type { Failed } from './failed.ts'
import type { Facts } from './facts.ts'
import type { Need } from './need.ts'
import { questionKey } from './question-key.ts'
import type { Question } from './question.ts'

/** Everything that checks ask, each question once, in two parts that are asked one after the other. */
export interface Plan {
  /** The questions of the shipped checks. */
  readonly shipped: readonly Question[]
  /** What custom checks ask besides. The shipped checks have their answers by then, whatever these ask. */
  readonly custom: readonly Question[]
  /** Questions of custom checks beyond {@link mostCustomQuestions}, which are not asked. */
  readonly leftOut: readonly Question[]
}

export function plan(checks: readonly Check[], facts: Facts, failed?: Failed): Plan {
  const isShipped = ({ origin }: Check) => origin === 'shipped'
  const shipped = questionsOf(checks.filter(isShipped), { facts, failed })
  const others = questionsOf(
    checks.filter((check) => !isShipped(check)),
    { facts, failed },
  )
  const custom = [...others].flatMap(([key, question]) => (shipped.has(key) ? [] : [question]))
  return {
    shipped: [...shipped.values()],
    custom: custom.slice(0, mostCustomQuestions),
    leftOut: custom.slice(mostCustomQuestions),
  }
}

/** By key, each once. A need that fails here, by a bug of ours, asks nothing. */
function questionsOf(
  checks: readonly Check[],
  { facts, failed }: { facts: Facts; failed: Failed | undefined },
): ReadonlyMap<string, Question> {
  // Most needs of a kind share the same question objects.
  const objects = new Set<Question>()
  for (const check of checks)
    for (const need of check.needs)
      for (const question of needQuestions(need, facts, failed)) objects.add(question)
  const byKey = new Map<string, Question>()
  for (const question of objects) byKey.set(questionKey(question), question)
  return byKey
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
