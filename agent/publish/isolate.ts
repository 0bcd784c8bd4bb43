import { conditionType, labelKey } from '../model/names.ts'
import type { ApiAnswer, ApiRefusal, NodeApi, NodePatch, NodeView } from '../model/node-api.ts'

/** Refusals of what was sent, not of who sent it or when: sending the same again is no use. */
export function isOurMistake({ status }: ApiRefusal): boolean {
  return status === 400 || status === 413 || status === 422
}

export interface Isolated {
  readonly answer: ApiAnswer<NodeView>
  /** A sentence for each check that was left out. */
  readonly refused: readonly string[]
}

/** Applies a patch; when the API server refuses what is in it, without the checks that it refuses each by itself. */
export async function applyAnyway(
  api: NodeApi,
  patch: NodePatch,
  checks: readonly string[],
): Promise<Isolated> {
  const answer = await api.apply(patch)
  if (answer.ok || !isOurMistake(answer)) return { answer, refused: [] }
  const tries = []
  for (const check of checks)
    tries.push({ check, answer: await api.apply(only(patch, [check]), { dryRun: true }) })
  const good = tries.filter((one) => one.answer.ok).map((one) => one.check)
  if (good.length === checks.length || good.length === 0) return { answer, refused: [] }
  const refused = tries.flatMap(({ check, answer: said }) => (said.ok ? [] : [`${check}: ${said.message}`]))
  return { answer: await api.apply(only(patch, good)), refused }
}

/** The part of a patch that is about some checks. */
function only(patch: NodePatch, checks: readonly string[]): NodePatch {
  const [keys, types] = [checks.map(labelKey), checks.map(conditionType)]
  const labels = Object.fromEntries(
    Object.entries(patch.metadata.labels).filter(([key]) => keys.includes(key)),
  )
  const conditions = patch.status.conditions.filter((condition) => types.includes(condition.type))
  return { ...patch, metadata: { ...patch.metadata, labels }, status: { conditions } }
}
