import type {
  V1Container,
  V1ContainerStateTerminated,
  V1ContainerStatus,
  V1OwnerReference,
  V1Pod,
  V1PodSpec,
} from '@kubernetes/client-node'
import { prefix } from '#agent/model/names.ts'
import type { ClusterPod, ContainerEnd, ContainerKind, ObjectRef, PodContainer } from '#agent/node/pod-api.ts'
import { timeOf } from './time-of.ts'

/** A Pod in an answer: what stands behind an address need not be an API server, and says what it likes. */
export type RawPod = Pick<V1Pod, 'metadata' | 'status'> & { readonly spec?: RawSpec }

type RawSpec = Omit<Partial<V1PodSpec>, 'containers'> & { readonly containers?: V1Container[] | null }

/** Of a Pod as JSON, what the cluster commands look at. */
export function clusterPodOf({ metadata, spec, status }: RawPod): ClusterPod {
  const condition = (type: string) => status?.conditions?.find((one) => one.type === type)
  const scheduled = condition('PodScheduled')
  const isWaiting = scheduled?.status === 'False' && !spec?.nodeName
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    resourceVersion: metadata?.resourceVersion ?? '',
    node: spec?.nodeName || null,
    phase: status?.phase ?? '',
    reason: textOf(status?.reason),
    message: textOf(status?.message),
    createdAt: timeOf(metadata?.creationTimestamp) ?? 0,
    isDeleting: Boolean(metadata?.deletionTimestamp),
    isReady: condition('Ready')?.status === 'True',
    controller: controllerOf(metadata?.ownerReferences),
    containers: containersOf(spec ?? {}, status?.containerStatuses, status),
    unscheduled: isWaiting ? { reason: scheduled.reason ?? '', message: scheduled.message ?? '' } : null,
    nodeSelector: spec?.nodeSelector ?? {},
    affinityKeys: affinityKeysOf(spec),
    pinnedTo: pinnedTo(spec),
    hostNetwork: spec?.hostNetwork ?? false,
    requires: metadata?.annotations?.[`${prefix}requires`] ?? null,
  }
}

function controllerOf(owners: readonly V1OwnerReference[] | undefined): ObjectRef | null {
  const owner = owners?.find(({ controller }) => controller === true)
  return owner === undefined ? null : { kind: owner.kind, name: owner.name, uid: owner.uid }
}

function containersOf(
  spec: RawSpec,
  statuses: readonly V1ContainerStatus[] | undefined,
  others: V1Pod['status'],
): readonly PodContainer[] {
  const hostFolders = new Map(
    spec.volumes?.flatMap(({ name, hostPath }) => (hostPath ? [[name, hostPath.path] as const] : [])),
  )
  const view =
    (kind: (one: V1Container) => ContainerKind, all: readonly V1ContainerStatus[] | undefined) =>
    (one: V1Container): PodContainer => {
      const status = all?.find(({ name }) => name === one.name)
      return { ...viewOf(one, status, hostFolders), kind: kind(one) }
    }
  const initKind = ({ restartPolicy }: V1Container) => (restartPolicy === 'Always' ? 'sidecar' : 'init')
  return [
    ...(spec.initContainers ?? []).map(view(initKind, others?.initContainerStatuses)),
    ...(spec.containers ?? []).map(view(() => 'container', statuses)),
    ...((spec.ephemeralContainers ?? []) as V1Container[]).map(
      view(() => 'ephemeral', others?.ephemeralContainerStatuses),
    ),
  ]
}

function viewOf(
  { name, image, resources, volumeMounts }: V1Container,
  status: V1ContainerStatus | undefined,
  hostFolders: ReadonlyMap<string, string>,
): Omit<PodContainer, 'kind'> {
  const { waiting, running, terminated } = status?.state ?? {}
  return {
    name,
    image: image ?? '',
    isReady: status?.ready ?? false,
    restarts: status?.restartCount ?? 0,
    waiting: waiting ? { reason: textOf(waiting.reason), message: textOf(waiting.message) } : null,
    runningSince: running ? timeOf(running.startedAt) : null,
    ended: endOf(terminated),
    lastEnd: endOf(status?.lastState?.terminated),
    memoryLimit: resources?.limits?.['memory'] ?? null,
    hostPaths: (volumeMounts ?? []).flatMap(({ name: volume, mountPath, subPath, subPathExpr }) => {
      const folder = hostFolders.get(volume)
      if (folder === undefined || subPath || subPathExpr) return []
      return [{ at: bare(mountPath), on: bare(folder) }]
    }),
  }
}

function endOf(end: V1ContainerStateTerminated | undefined): ContainerEnd | null {
  if (!end) return null
  const { exitCode, signal, reason, message, startedAt, finishedAt } = end
  return {
    code: exitCode,
    signal: signal ?? null,
    reason: textOf(reason),
    message: textOf(message),
    startedAt: timeOf(startedAt),
    finishedAt: timeOf(finishedAt),
  }
}

/** What is no text says nothing. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function affinityKeysOf(spec: RawSpec | undefined): readonly string[] {
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const keys = required?.nodeSelectorTerms?.flatMap(
    ({ matchExpressions }) => matchExpressions?.map(({ key }) => key) ?? [],
  )
  return [...new Set(keys)]
}

/** By the field that the DaemonSet controller writes. */
function pinnedTo(spec: RawSpec | undefined): string | null {
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const [field] = required?.nodeSelectorTerms?.flatMap(({ matchFields }) => matchFields ?? []) ?? []
  return field?.key === 'metadata.name' && field.operator === 'In' ? (field.values?.[0] ?? null) : null
}

/** "/host/" is the folder "/host". */
function bare(path: string): string {
  return path.replace(/(?<=.)\/+$/, '')
}
