import { conditionType, prefix } from '../model/names.ts'
import type { ApiAnswer, NodeApi, NodePatch, NodeView } from '../model/node-api.ts'

/** Refusals of what was sent, not of who sent it or when: sending the same again is no use. */
const ourMistakes: readonly number[] = [400, 413, 422]

export interface Isolated {
  readonly answer: ApiAnswer<NodeView>
  /** A sentence for each check that was left out. */
  readonly refused: readonly string[]
}

/** Applies a patch; when the API server refuses what is in it, without the checks that it refuses each by itself. */
export async function applyAnyway(api: NodeApi, patch: NodePatch): Promise<Isolated> {
  const answer = await api.apply(patch)
  if (answer.ok || answer.status === null || !ourMistakes.includes(answer.status))
    return { answer, refused: [] }
  const keys = Object.keys(patch.metadata.labels)
  const tries = []
  for (const key of keys) tries.push({ key, answer: await api.apply(only(patch, [key]), { dryRun: true }) })
  const good = tries.filter((one) => one.answer.ok).map((one) => one.key)
  if (good.length === keys.length || good.length === 0) return { answer, refused: [] }
  const refused = tries.flatMap(({ key, answer: said }) => (said.ok ? [] : [`${key}: ${said.message}`]))
  return { answer: await api.apply(only(patch, good)), refused }
}

/** The part of a patch that is about some checks. */
function only(patch: NodePatch, keys: readonly string[]): NodePatch {
  const types = keys.map((key) => conditionType(key.slice(prefix.length)))
  const labels = Object.fromEntries(
    Object.entries(patch.metadata.labels).filter(([key]) => keys.includes(key)),
  )
  const conditions = patch.status.conditions.filter((condition) => types.includes(condition.type))
  return { ...patch, metadata: { ...patch.metadata, labels }, status: { conditions } }
}
