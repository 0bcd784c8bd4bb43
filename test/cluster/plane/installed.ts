import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { ApiAccess } from './api-client.ts'
import { startControlPlane } from './control-plane.ts'
import type { ControlPlane } from './control-plane.ts'
import { accountToken } from './service-account.ts'

const manifests = new URL('../../../manifests', import.meta.url).pathname

/** A control plane with what manifests/ makes in it, and tokens of the agents' service account. */
export interface Installed {
  readonly cluster: ControlPlane
  readonly access: Readonly<Record<Holder, ApiAccess>>
}

/** What a token is bound to; by its pod the API server knows the node. */
export type Holder = 'a pod on worker-1' | 'a pod on no node' | 'no pod'

/** As people install it; another namespace than "hostdeps" by a kustomization of their own. */
export async function startInstalled(namespace: string): Promise<Installed> {
  const cluster = await startControlPlane()
  await cluster.kubectl('apply', '-k', kustomization(cluster.folder, namespace))
  await makePod(cluster, namespace, { name: 'placed', place: { nodeName: 'worker-1' } })
  // No scheduler of this name runs.
  await makePod(cluster, namespace, { name: 'waiting', place: { schedulerName: 'nobody' } })
  const accessOf = async (pod?: string): Promise<ApiAccess> => {
    const token = await accountToken(cluster, pod === undefined ? { namespace } : { namespace, pod })
    return { ...cluster.admin, token }
  }
  const access = {
    'a pod on worker-1': await accessOf('placed'),
    'a pod on no node': await accessOf('waiting'),
    'no pod': await accessOf(),
  }
  return { cluster, access }
}

function kustomization(parent: string, namespace: string): string {
  const folder = join(parent, 'moved')
  mkdirSync(folder)
  const resources = [relative(folder, manifests)]
  const move = namespace === 'hostdeps' ? {} : { namespace }
  writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify({ resources, ...move }))
  return folder
}

async function makePod(
  cluster: ControlPlane,
  namespace: string,
  { name, place }: { name: string; place: object },
): Promise<void> {
  const containers = [{ name: 'main', image: 'example.com/none' }]
  // What stands on a Node that no kubelet beats for is taken away else.
  const tolerations = [{ operator: 'Exists' }]
  const spec = { ...place, serviceAccountName: 'hostdeps', containers, tolerations }
  const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec }
  await cluster.call({ method: 'POST', path: `/api/v1/namespaces/${namespace}/pods`, body })
}
