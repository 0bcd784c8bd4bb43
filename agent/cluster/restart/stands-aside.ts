import { plainLine } from '#agent/model/plain.ts'
import type { ClusterPod } from '#agent/node/pod-api.ts'
import type { LeftReason } from './verdict.ts'

/** The kinds of controllers that make another pod for each one that is deleted, and count that as nothing. */
const replacing = ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'ReplicationController']

/** What of the pod itself forbids that it is deleted; null when nothing does. */
export function standsAside({ isReady, isDeleting, phase, controller }: ClusterPod): LeftReason | null {
  if (isReady) return { code: 'Ready', says: 'it is ready' }
  if (isDeleting) return { code: 'Deleting', says: 'it is being deleted' }
  if (phase === 'Succeeded') return { code: 'Finished', says: 'it has finished' }
  if (phase === 'Failed')
    return { code: 'Finished', says: 'it has ended (Failed): its controller makes another if one is wanted' }
  if (controller === null) return { code: 'NoController', says: 'it has no controller that makes another' }
  const { kind } = controller
  if (kind === 'Node')
    return { code: 'Static', says: 'it is a static pod: the kubelet of its node restarts it' }
  if (kind === 'Job')
    return {
      code: 'OtherController',
      says: 'its Job counts a deleted pod as a failure: the kubelet starts it again within 5 minutes',
    }
  if (replacing.includes(kind)) return null
  return { code: 'OtherController', says: `its controller, a ${plainLine(kind)}, may make no other` }
}
