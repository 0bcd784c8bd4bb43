import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { V1Pod, V1PodList } from '@kubernetes/client-node'
import { startControlPlane } from '../plane/control-plane.ts'
import type { ControlPlane } from '../plane/control-plane.ts'
import { startKubeletNode } from './kubelet-node.ts'
import type { KubeletNode, NodeName } from './kubelet-node.ts'
import { makeNetwork } from './network.ts'
import { until } from '../plane/test-node.ts'
import { openUndo } from '../../undo.ts'
import type { Undo } from '../../undo.ts'

const manifests = new URL('../../../manifests', import.meta.url).pathname

/** Two real nodes and the control plane; what it needs is set up by npm test. */
export interface RealCluster {
  readonly cluster: ControlPlane
  readonly nodes: readonly [KubeletNode, KubeletNode]
  /** A file of what kustomize makes of manifests/, with the image that the tests built. */
  render(folder?: string): Promise<string>
  /** `kubectl apply -k`, so to say. */
  install(): Promise<void>
  /** Those of a label selector, in all namespaces. */
  pods(selector: string): Promise<readonly V1Pod[]>
  /** The agent's pod on a node. */
  agentOn(node: string): Promise<V1Pod | undefined>
  labelOf(node: string, check: string): Promise<string | undefined>
  /** A program in a container; rejects unless it ends with 0. */
  exec(pod: V1Pod, container: string, ...argv: string[]): Promise<string>
  stop(): Promise<void>
}

export const hasRealCluster = [
  'HOSTDEPS_TEST_CONTROL_PLANE',
  'HOSTDEPS_TEST_HOST_ROOT',
  'HOSTDEPS_TEST_IMAGE',
  'HOSTDEPS_TEST_POD_IMAGE',
].every((name) => process.env[name] !== undefined)

/** When one part does not start, what has started is stopped. */
export async function startRealCluster(): Promise<RealCluster> {
  const undo = openUndo()
  try {
    return await startParts(undo)
  } catch (error) {
    await undo.run().catch(console.error)
    throw error
  }
}

async function startParts(undo: Undo): Promise<RealCluster> {
  const network = await makeNetwork()
  undo.add(() => network.remove())
  const cluster = await startControlPlane(network.address)
  undo.add(() => cluster.stop())
  const images = [process.env['HOSTDEPS_TEST_POD_IMAGE'] ?? '', process.env['HOSTDEPS_TEST_IMAGE'] ?? '']
  const start = async (name: NodeName, number: number) => {
    const node = await startKubeletNode({ cluster, network, name, number, images })
    undo.add(() => node.stop())
    return node
  }
  const starting = [start('worker-1', 1), start('worker-2', 2)] as const
  // One that is still starting when the other has failed is there to be stopped only then.
  await Promise.allSettled(starting)
  const nodes = await Promise.all(starting)
  await until(
    () => cluster.kubectl('get', 'nodes', '--no-headers'),
    (said) => said.match(/ Ready /g)?.length === 2,
  )
  const pods: RealCluster['pods'] = async (selector) => {
    const path = `/api/v1/pods?labelSelector=${encodeURIComponent(selector)}`
    return (await cluster.call<V1PodList>({ path })).items
  }
  const render = async (folder = manifests) => {
    const text = await cluster.kubectl('kustomize', folder)
    const file = join(cluster.folder, `manifests-${Date.now()}.yaml`)
    writeFileSync(
      file,
      text.replaceAll(/image: ghcr\.io\/hostdeps\/hostdeps:\S+/g, 'image: localhost/hostdeps:test'),
    )
    return file
  }
  return {
    cluster,
    nodes,
    render,
    pods,
    async install() {
      await cluster.kubectl('apply', '-f', await render())
    },
    async agentOn(node) {
      const agents = await pods('app.kubernetes.io/name=hostdeps')
      return agents.find(({ spec, metadata }) => spec?.nodeName === node && !metadata?.deletionTimestamp)
    },
    async labelOf(node, check) {
      const { metadata } = await cluster.call<V1Pod>({ path: `/api/v1/nodes/${node}` })
      return metadata?.labels?.[`hostdeps.dev/${check}`]
    },
    exec: ({ metadata }, container, ...argv) =>
      cluster.kubectl(
        'exec',
        '-n',
        metadata?.namespace ?? '',
        metadata?.name ?? '',
        '-c',
        container,
        '--',
        ...argv,
      ),
    stop: () => undo.run(),
  }
}
