import { agentOn, madeNode } from '../cluster/made-nodes.ts'
import type { MadeCheck } from '../cluster/made-nodes.ts'

/** A Node as the API server sends it, with what an agent leaves on it. */
export function rawNode(
  name: string,
  checks: Readonly<Record<string, MadeCheck>>,
  more: { host?: object } = {},
) {
  const { labels, report, uid } = madeNode(name, checks, more)
  return {
    metadata: { name, uid, labels, annotations: { 'hostdeps.dev/report': report } },
    spec: {},
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  }
}

/** An agent's pod that is ready. */
export function agentPod(node: string, inNamespace = 'hostdeps') {
  const { namespace, name, image } = agentOn(node, true, inNamespace)
  return {
    metadata: { namespace, name, labels: { 'app.kubernetes.io/name': 'hostdeps' } },
    spec: { nodeName: node, containers: [{ name: 'prober', image }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  }
}

/** A pod with containers c0, c1, ... of these images. */
export function rawPod(
  namespace: string,
  images: readonly string[],
  { labels = {}, ...spec }: { readonly labels?: object } & Readonly<Record<string, unknown>> = {},
) {
  const containers = images.map((image, index) => ({ name: `c${index}`, image }))
  return { metadata: { namespace, name: 'pod', labels }, spec: { containers, ...spec } }
}
