import type { V1Pod } from '@kubernetes/client-node'
import { callApi, mergePatch } from './api-client.ts'
import type { ApiReply } from './api-client.ts'
import { startControlPlane } from './control-plane.ts'
import type { ControlPlane } from './control-plane.ts'
import { until } from './test-node.ts'

export const manifests = new URL('../../../manifests', import.meta.url).pathname
export const requires = 'hostdeps.dev/requires'
/** What no config of these tests publishes. */
export const nonsense = 'nonsense'

export interface PodWanted {
  readonly requires?: string
  readonly images?: readonly string[]
  readonly selector?: Readonly<Record<string, string>>
  readonly nodeName?: string
  /** The kind of the controller that makes it. */
  readonly madeBy?: string
  readonly namespace?: string
}

/** A control plane with hostdeps and the gate as people apply them, and with two namespaces: one is labelled for the gate. */
export interface GatedCluster {
  readonly cluster: ControlPlane
  /** A pod as the API server would make it. */
  make(wanted: PodWanted): Promise<ApiReply<V1Pod & { message?: string }>>
  selectorOf(wanted: PodWanted): Promise<Record<string, string> | undefined>
  /** Writes the config and waits until the gate goes by it; null takes the key out. */
  configure(config: string | null): Promise<void>
  /** What the gate takes for published, as it says when it refuses a name; null when it refuses none. */
  published(): Promise<readonly string[] | null>
}

export async function startGatedCluster(): Promise<GatedCluster> {
  const cluster = await startControlPlane()
  await cluster.kubectl('apply', '-k', manifests)
  await cluster.kubectl('apply', '-k', `${manifests}/overlays/gate`)
  for (const name of ['gated', 'free']) await cluster.kubectl('create', 'namespace', name)
  await cluster.kubectl('label', 'namespace', 'gated', 'hostdeps.dev/gate=enabled')
  for (const name of ['gated', 'free'])
    await until(
      () => callApi(cluster.admin, { path: `/api/v1/namespaces/${name}/serviceaccounts/default` }),
      ({ status }) => status === 200,
    )
  const gated = gateOf(cluster)
  await waitForPolicies(gated)
  return gated
}

function gateOf(cluster: ControlPlane): GatedCluster {
  const make: GatedCluster['make'] = (wanted) =>
    callApi(cluster.admin, {
      method: 'POST',
      path: `/api/v1/namespaces/${wanted.namespace ?? 'gated'}/pods?dryRun=All`,
      body: podOf(wanted),
    })
  const write = (config: string | null) =>
    cluster.call({
      method: 'PATCH',
      path: '/api/v1/namespaces/hostdeps/configmaps/hostdeps',
      type: mergePatch,
      body: { data: { 'config.yaml': config } },
    })
  const published = async () => {
    const { status, body } = await make({ requires: nonsense })
    if (status !== 422) return null
    const [, said = ''] = /it publishes (.*?) \(/.exec(body.message ?? '') ?? []
    return ['nothing', 'no labels'].includes(said) ? [] : said.split(', ')
  }
  return {
    cluster,
    make,
    selectorOf: async (wanted) => (await make(wanted)).body.spec?.nodeSelector,
    published,
    async configure(config) {
      // The API server learns of the ConfigMap a moment later: what it goes by must change to be seen.
      const marker = `before-${Date.now()}`
      await write(`checks: [${marker}]\n`)
      await until(published, (names) => names?.join() === marker)
      await write(config)
      await until(published, (names) => names?.join() !== marker)
    },
  }
}

/** They are in force a moment after they were made, each by itself. */
async function waitForPolicies({ make, selectorOf, published }: GatedCluster): Promise<void> {
  await until(published, (names) => names !== null)
  await until(
    () => make({ requires: nonsense, madeBy: 'ReplicaSet' }),
    ({ warnings }) => warnings !== '',
  )
  await until(
    () => selectorOf({ requires: 'nfs-client' }),
    (selector) => selector !== undefined,
  )
  await until(
    () => selectorOf({ images: ['longhornio/longhorn-manager'] }),
    (selector) => selector !== undefined,
  )
}

export function podOf({ requires: asked, images, selector, nodeName, madeBy }: PodWanted) {
  const owner = { apiVersion: 'v1', kind: madeBy, name: 'owner', uid: 'not-there', controller: true }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: 'pod-',
      ...(asked !== undefined && { annotations: { [requires]: asked } }),
      ...(madeBy !== undefined && { ownerReferences: [owner] }),
    },
    spec: {
      ...(selector && { nodeSelector: selector }),
      ...(nodeName !== undefined && { nodeName }),
      // A Node that no kubelet speaks for is tainted, which would be another reason not to come there.
      tolerations: [{ operator: 'Exists' }],
      containers: (images ?? ['example.com/none']).map((image, number) => ({ name: `c${number}`, image })),
    },
  }
}

/** Of the pods of a workload. */
export interface Template {
  readonly metadata: object
  readonly spec: object
}

/** Its pods ask for these checks, as the annotation of the gate says them. */
export function templateOf(asked: string): Template {
  const { spec } = podOf({})
  return { metadata: { annotations: { [requires]: asked } }, spec }
}

/** One of apps/v1, whose pods have its name as their label app. */
export function workload(kind: string, name: string, { metadata, spec }: Template) {
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { ...metadata, labels }, spec },
    },
  }
}
