import type { Check } from '#agent/model/check.ts'
import { literalsOf, shortestLiteral } from '#agent/symptoms/literals/literals.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'

/** A symptom's pattern, with the texts of which each line that it matches holds one. */
export interface SymptomLiterals {
  readonly check: string
  readonly log: string
  readonly literals: readonly string[] | null
}

export function symptomLiterals({ name, symptoms }: Check): readonly SymptomLiterals[] {
  return symptoms.map(({ log }) => ({ check: name, log, literals: literalsOf(log) }))
}

/** Logs are searched for literals, and a pattern is asked only where one of its own stands: without one it would match nowhere. */
export function withoutLiteral(check: Check): Mistake[] {
  const [first] = check.needs
  if (first === undefined) return []
  return symptomLiterals(check)
    .filter(({ literals }) => literals === null)
    .map(({ log }) => ({
      file: first.place.file,
      line: 1,
      path: '',
      message: `the symptom ${log} is never found: no text of ${shortestLiteral} or more letters, digits and spaces is in every line that it matches`,
    }))
}
