import type { V1Pod } from '@kubernetes/client-node'
import { madeNode, agentOn } from '../made-nodes.ts'
import type { MadeCheck } from '../made-nodes.ts'
import { mergePatch } from './api-client.ts'
import type { ControlPlane } from './control-plane.ts'

/** Puts on a Node what an agent would, as far as the cluster commands read it. */
export async function sayOnNode(
  cluster: ControlPlane,
  name: string,
  checks: Readonly<Record<string, MadeCheck>>,
): Promise<void> {
  const { labels, report } = madeNode(name, checks)
  const body = { metadata: { labels, annotations: { 'hostdeps.dev/report': report } } }
  await cluster.call({ method: 'PATCH', path: `/api/v1/nodes/${name}`, type: mergePatch, body })
}

/** Makes an agent's pod on a Node, or sets whether the one that is there is ready. No kubelet runs it. */
export async function makeAgent(cluster: ControlPlane, node: string, isReady = true): Promise<void> {
  const { name, image } = agentOn(node)
  const pods = '/api/v1/namespaces/default/pods'
  const body: V1Pod = {
    metadata: { name, labels: { 'app.kubernetes.io/name': 'hostdeps' } },
    spec: { nodeName: node, containers: [{ name: 'prober', image }], tolerations: [{ operator: 'Exists' }] },
  }
  await cluster.call({ method: 'POST', path: pods, body }).catch(() => 'there already')
  const conditions = [{ type: 'Ready', status: isReady ? 'True' : 'False' }]
  const status = { status: { phase: 'Running', conditions } }
  await cluster.call({ method: 'PATCH', path: `${pods}/${name}/status`, type: mergePatch, body: status })
}
