import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { V1Pod } from '@kubernetes/client-node'
import type { RealCluster } from '../../cluster/nodes/real-cluster.ts'
import { cases } from './cases.ts'
import type { Case } from './cases.ts'

/** A pod of a case that is not being deleted. */
export interface CasePod {
  readonly of: Case
  readonly name: string
  readonly namespace: string
  readonly uid: string
  /** Of all its containers. */
  readonly restarts: number
  readonly isInBackOff: boolean
  /** Ready, and not only until it fails. */
  readonly isSteady: boolean
  /** Whether another comes when it is deleted. */
  readonly isReplaced: boolean
}

export async function casePods(on: RealCluster): Promise<readonly CasePod[]> {
  const pods = await on.pods('app')
  return pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined).flatMap(readPod)
}

/** Milliseconds that a container runs that will not fail at once. */
const steadyAfter = 3_000

function readPod({ metadata, status }: V1Pod): readonly CasePod[] {
  const of = cases.find(({ name }) => name === metadata?.labels?.['app'])
  if (of === undefined) return []
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  const main = status?.containerStatuses?.[0]
  const since = main?.state?.running?.startedAt
  const pod = {
    of,
    name: metadata?.name ?? '',
    namespace: metadata?.namespace ?? '',
    uid: metadata?.uid ?? '',
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    isInBackOff: containers.some(({ state }) => state?.waiting?.reason === 'CrashLoopBackOff'),
    isSteady:
      main?.ready === true && since !== undefined && Date.now() - new Date(since).getTime() > steadyAfter,
    isReplaced: metadata?.ownerReferences !== undefined,
  }
  return [pod]
}

export async function applyAll({ cluster }: RealCluster, items: readonly object[]): Promise<void> {
  const file = join(cluster.folder, 'objects.json')
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
  await cluster.kubectl('apply', '-f', file)
}
