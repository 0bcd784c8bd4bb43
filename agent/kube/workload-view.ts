import type {
  V1DaemonSet,
  V1Deployment,
  V1Job,
  V1LabelSelector,
  V1ReplicaSet,
  V1StatefulSet,
} from '@kubernetes/client-node'
import type { Rollout, Workload, WorkloadType } from '#agent/node/pod-api.ts'

export type RawWorkload = V1DaemonSet | V1Deployment | V1ReplicaSet | V1StatefulSet | V1Job

const kinds = {
  deployments: 'Deployment',
  daemonsets: 'DaemonSet',
  statefulsets: 'StatefulSet',
  replicasets: 'ReplicaSet',
  jobs: 'Job',
} as const satisfies Record<WorkloadType, string>

/** Of what owns pods as JSON, what the cluster commands look at. */
export function workloadOf(type: WorkloadType, raw: RawWorkload): Workload {
  const { metadata, spec, status } = raw
  return {
    kind: kinds[type],
    name: metadata?.name ?? '',
    namespace: metadata?.namespace ?? '',
    uid: metadata?.uid ?? '',
    selector: selectorText(spec?.selector),
    desired: desiredOf(spec, status),
    rollout: type === 'daemonsets' ? rolloutOf(raw as V1DaemonSet) : null,
  }
}

function desiredOf(spec: RawWorkload['spec'], status: RawWorkload['status']): number {
  if (status !== undefined && 'desiredNumberScheduled' in status) return status.desiredNumberScheduled
  if (spec !== undefined && 'replicas' in spec) return spec.replicas ?? 1
  return 1
}

/** null unless its newest template is still on its way to some node. */
function rolloutOf({ metadata, spec, status }: V1DaemonSet): Rollout | null {
  const desired = status?.desiredNumberScheduled ?? 0
  const updated = status?.updatedNumberScheduled ?? 0
  const strategy = spec?.updateStrategy
  if ((metadata?.generation ?? 1) < 2 || updated >= desired || strategy?.type === 'OnDelete') return null
  const maxUnavailable = String(strategy?.rollingUpdate?.maxUnavailable ?? 1)
  return { desired, updated, unavailable: status?.numberUnavailable ?? 0, maxUnavailable }
}

/** As -l has it; a selector without anything is one that chooses nothing here. */
function selectorText(selector: V1LabelSelector | undefined): string {
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`)
  const others = (selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key
    if (operator === 'DoesNotExist') return `!${key}`
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`
  })
  return [...labels, ...others].join(',')
}
