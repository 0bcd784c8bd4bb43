import type { Verdict } from '#agent/model/reason.ts'
import { verdict } from '#agent/model/reason.ts'
import type { WantedUnit } from './wanted-unit.ts'

/** What several units come to: one in the wanted state is enough; for "inactive" all of them must be. */
export function tellUnit(
  wanted: WantedUnit,
  names: readonly string[],
  verdicts: readonly Verdict[],
): Verdict {
  const evidence = [...new Set(verdicts.flatMap((one) => one.evidence))]
  const order = wanted.state === 'inactive' ? allNeeded : oneIsEnough
  const state = order.find((candidate) => verdicts.some((one) => one.state === candidate))
  const told = verdicts.filter((one) => one.state === state).toSorted((a, b) => nearness(b) - nearness(a))[0]
  if (told === undefined)
    return verdict('QuestionFailed', { what: names.join(', '), detail: 'no unit was asked' })
  const isNowhere = verdicts.every((one) => one.reason === 'UnitNotFound')
  if (isNowhere) return verdict('UnitNotFound', { units: names }, { evidence })
  return { ...told, evidence }
}

const oneIsEnough = ['ready', 'unknown', 'missing'] as const
const allNeeded = ['missing', 'unknown', 'ready'] as const

/** Of several that are missing, the one that is nearest to running is worth telling. */
const nearest = ['UnitNotFound', 'UnitMasked', 'UnitBroken', 'UnitNotEnabled', 'UnitInactive', 'UnitFailed']

function nearness(one: Verdict): number {
  return nearest.indexOf(one.reason)
}
