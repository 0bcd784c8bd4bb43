import { conditionType, labelKey } from '#agent/model/names.ts'
import type { ApiAnswer, ApiRefusal, NodeApi, NodePatch, NodeView } from '#agent/node/node-api.ts'

/**
 * Refusals of what was sent, not of who sent it or when: sending the same again is no use. Admission answers with any
 * status; a 403 in its words is not one of RBAC's.
 */
export function isOurMistake({ status, message }: ApiRefusal): boolean {
  return (
    status === 400 ||
    status === 413 ||
    status === 422 ||
    (status === 403 && /denied (the )?request/.test(message))
  )
}

export interface Isolated {
  readonly answer: ApiAnswer<NodeView>
  /** A sentence for each check that was left out. */
  readonly refused: readonly string[]
}

/**
 * Applies a patch; when the API server refuses what is in it, without the checks that it refuses each by itself. An answer
 * of another kind (busy, late, gone) to one of them refuses nothing: then all stays on the Node as it is.
 */
export async function applyWithoutRefused(
  api: NodeApi,
  patch: NodePatch,
  checks: readonly string[],
): Promise<Isolated> {
  const answer = await api.apply(patch)
  if (answer.ok || !isOurMistake(answer)) return { answer, refused: [] }
  const tries = []
  for (const check of checks) {
    const said = await api.apply(only(patch, [check]), { dryRun: true })
    if (!said.ok && !isOurMistake(said)) return { answer: said, refused: [] }
    tries.push({ check, answer: said })
  }
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
