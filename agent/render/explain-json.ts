import type { Explanation } from '#agent/model/explanation.ts'

/** For programs: everything, best first. */
export function renderExplanationJson(explanation: Explanation): string {
  return `${JSON.stringify(explanation, null, 2)}\n`
}
