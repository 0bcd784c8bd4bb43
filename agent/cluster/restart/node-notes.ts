import { maintenanceReason } from '#agent/model/names.ts'
import { plainLine } from '#agent/model/plain.ts'
import { apiTime } from '#agent/node/api-time.ts'
import type { ClusterNode } from '#agent/node/cluster-api.ts'
import type { ClusterEvent } from '#agent/node/pod-api.ts'
import type { Restart } from './verdict.ts'

/** What is worth knowing of the pods' nodes before the pods are deleted, a line for each. */
export function nodeNotes(
  restarts: readonly Restart[],
  nodes: readonly ClusterNode[],
  events: readonly ClusterEvent[],
): readonly string[] {
  const byNode = Map.groupBy(restarts, ({ pod }) => pod.node)
  return nodes.flatMap((node) => {
    const own = byNode.get(node.name) ?? []
    if (own.length === 0) return []
    const why = [
      ...(node.unschedulable ? ['is cordoned'] : []),
      ...(node.inMaintenance === true ? [`says ${maintenanceReason}`] : eventWords(node, events)),
    ]
    return why.length === 0 ? [] : [`${plainLine(node.name)} ${why.join(' and ')}: ${whereTo(own, node)}`]
  })
}

function eventWords({ name }: ClusterNode, events: readonly ClusterEvent[]): readonly string[] {
  const own = events.filter(
    ({ about, reason }) => about.kind === 'Node' && about.name === name && reason === maintenanceReason,
  )
  const [last] = own.toSorted((a, b) => b.lastAt - a.lastAt)
  return last === undefined ? [] : [`had an event ${maintenanceReason} at ${apiTime(new Date(last.lastAt))}`]
}

/** The DaemonSet controller tolerates the cordon for its pods. */
function whereTo(restarts: readonly Restart[], { unschedulable }: ClusterNode): string {
  const kinds = restarts.map(({ pod }) => pod.controller?.kind)
  return [
    ...(kinds.includes('DaemonSet') ? ['pods of a DaemonSet come back there all the same'] : []),
    ...(kinds.every((kind) => kind === 'DaemonSet')
      ? []
      : [`pods of other controllers ${unschedulable ? 'go' : 'may go'} to another node`]),
  ].join(', ')
}
