import { conditionType, labelKey } from '#agent/model/names.ts'
import type { ApiAnswer, ApiRefusal, NodeApi, NodePatch, NodeView } from '#agent/node/node-api.ts'

/**
 * Whether the content was refused, not the sender or the time, so that sending it again is useless. Admission may answer with any
 * status; its 403 differs from RBAC's by its words.
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
  /** One sentence for each check that was left out. */
  readonly refused: readonly string[]
}

/**
 * Applies a patch. When the API server refuses its content, it is tried check by check, and applied without those that are refused
 * on their own. If one of these tries fails for another reason (busy, late, gone), the Node stays as it is.
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
