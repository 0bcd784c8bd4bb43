import type { V1PodList } from '@kubernetes/client-node'
import type { ControlPlane } from './control-plane.ts'

/** A pod that may only come to a node where a check is ready, as the README shows it. */
function podSpec(check: string) {
  const expression = { key: `hostdeps.dev/${check}`, operator: 'In', values: ['ready'] }
  return {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'main', image: 'example.com/none' }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [expression] }],
        },
      },
    },
  }
}

export async function makePod(cluster: ControlPlane, name: string, check: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: podSpec(check) }
  await cluster.call({ method: 'POST', path: '/api/v1/namespaces/default/pods', body })
}

export async function makeDaemonSet(cluster: ControlPlane, name: string, check: string): Promise<void> {
  const labels = { app: name }
  const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec(check) } }
  const body = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name }, spec }
  await cluster.call({ method: 'POST', path: '/apis/apps/v1/namespaces/default/daemonsets', body })
}

/** The uids of a DaemonSet's pods that are not being deleted. */
export async function podsOf(cluster: ControlPlane, app: string): Promise<string[]> {
  const path = `/api/v1/namespaces/default/pods?labelSelector=app%3D${app}`
  const { items } = await cluster.call<V1PodList>({ path })
  return items.flatMap(({ metadata }) =>
    metadata?.uid !== undefined && metadata.deletionTimestamp === undefined ? [metadata.uid] : [],
  )
}
