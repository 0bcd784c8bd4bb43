import type { V1Node } from '@kubernetes/client-node'
import { maintenanceReason, prefix, reportAnnotation } from '#agent/model/names.ts'
import { apiTime } from '#agent/node/api-time.ts'
import type { ClusterNode } from '#agent/node/cluster-api.ts'
import type { NodeCondition, NodeView } from '#agent/node/node-api.ts'

/** A Node as the API server sends it, where times are texts. */
export type RawNode = Pick<V1Node, 'metadata' | 'spec'> & {
  readonly status?: { readonly conditions?: readonly RawCondition[] }
}

interface RawCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: string
  readonly lastHeartbeatTime?: string
}

export function viewOf({ metadata, status }: RawNode): NodeView {
  const ours = (status?.conditions ?? []).filter(({ type }) => type.startsWith(prefix))
  const { name = '', uid = '' } = metadata ?? {}
  const report = metadata?.annotations?.[reportAnnotation] ?? null
  return { name, uid, labels: metadata?.labels ?? {}, conditions: ours.map(conditionOf), report }
}

export function clusterNodeOf(node: RawNode): ClusterNode {
  const conditions = node.status?.conditions ?? []
  const ready = conditions.find(({ type }) => type === 'Ready')?.status
  return {
    ...viewOf(node),
    ready: statusOf(ready),
    unschedulable: node.spec?.unschedulable ?? false,
    ...(conditions.some(saysMaintenance) && { inMaintenance: true }),
  }
}

function saysMaintenance({ type, status, reason }: RawCondition): boolean {
  return (type === maintenanceReason && status === 'True') || reason === maintenanceReason
}

function conditionOf(condition: RawCondition): NodeCondition {
  const { type, status, reason, message, lastTransitionTime, lastHeartbeatTime } = condition
  return {
    type,
    status: statusOf(status),
    reason: reason ?? '',
    message: message ?? '',
    lastTransitionTime: lastTransitionTime ?? never,
    lastHeartbeatTime: lastHeartbeatTime ?? never,
  }
}

function statusOf(status: string | undefined): NodeCondition['status'] {
  return status === 'True' || status === 'False' ? status : 'Unknown'
}

const never = apiTime(new Date(0))
