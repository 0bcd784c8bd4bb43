import type { ApiAnswer, NodeApi, NodePatch, NodeView } from '#agent/node/node-api.ts'

/**
 * Takes our conditions off a Node before an apply that has none, and returns the Node as it is then. Server-side apply alone would take
 * off more: when a list that it had items in is no longer in it, the API server also removes the items that no manager owns, such as
 * the conditions with which a kubelet registered its Node.
 */
export async function takeOffLast(
  api: NodeApi,
  known: NodeView,
  { status }: NodePatch,
): Promise<ApiAnswer<NodeView>> {
  if (status.conditions.length > 0 || known.conditions.length === 0) return { ok: true, value: known }
  const types = known.conditions.map(({ type }) => type)
  return api.takeOff(known.name, types)
}
