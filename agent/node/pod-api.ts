import type { ApiAnswer } from './node-api.ts'

/** A pod's container in each of its lists. A sidecar is an init container that stays. */
export type ContainerKind = 'init' | 'sidecar' | 'container' | 'ephemeral'

/** How a container ended, as the kubelet has it. */
export interface ContainerEnd {
  readonly code: number
  readonly signal: number | null
  /** "Error", "OOMKilled", "StartError", "Completed" */
  readonly reason: string
  readonly message: string
  /** Milliseconds; null when the kubelet does not know. */
  readonly startedAt: number | null
  readonly finishedAt: number | null
}

export interface PodContainer {
  readonly name: string
  readonly kind: ContainerKind
  readonly image: string
  readonly isReady: boolean
  readonly restarts: number
  readonly waiting: { readonly reason: string; readonly message: string } | null
  /** Milliseconds; null when it does not run. */
  readonly runningSince: number | null
  readonly ended: ContainerEnd | null
  /** How the container before this one ended. */
  readonly lastEnd: ContainerEnd | null
  /** "128Mi"; null without a limit. */
  readonly memoryLimit: string | null
  /** Folders and files of the host that it sees. */
  readonly hostPaths: readonly { readonly at: string; readonly on: string }[]
}

/** What an object names as its controller, or an event as what it is about. */
export interface ObjectRef {
  readonly kind: string
  readonly name: string
  readonly uid: string
}

/** A pod as the cluster commands look at it. Its texts are what whoever may write pods wrote. */
export interface ClusterPod {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly resourceVersion: string
  /** null while it waits for the scheduler. */
  readonly node: string | null
  readonly phase: string
  /** Of the whole pod: "Evicted", "SysctlForbidden". */
  readonly reason: string
  readonly message: string
  /** Milliseconds. */
  readonly createdAt: number
  readonly isDeleting: boolean
  readonly isReady: boolean
  readonly controller: ObjectRef | null
  readonly containers: readonly PodContainer[]
  /** Why no node was chosen; null when one was. */
  readonly unscheduled: { readonly reason: string; readonly message: string } | null
  readonly nodeSelector: Readonly<Record<string, string>>
  /** Keys of Node labels that its required node affinity names. */
  readonly affinityKeys: readonly string[]
  /** The only node that it may be on: a DaemonSet's pods are made for one each. */
  readonly pinnedTo: string | null
  readonly hostNetwork: boolean
  /** The annotation hostdeps.dev/requires. */
  readonly requires: string | null
}

export interface ClusterEvent {
  readonly about: ObjectRef
  readonly namespace: string
  readonly reason: string
  readonly message: string
  /** Milliseconds. */
  readonly lastAt: number
}

/** A DaemonSet's rollout, as its status counts it. */
export interface Rollout {
  readonly desired: number
  readonly updated: number
  readonly unavailable: number
  /** As it is written: "1", "10%". */
  readonly maxUnavailable: string
}

/** What has pods. */
export interface Workload extends ObjectRef {
  readonly namespace: string
  /** Of its pods, as the API server reads it. */
  readonly selector: string
  readonly desired: number
  /** null for all but DaemonSets that roll out. */
  readonly rollout: Rollout | null
}

/** The kinds that own pods, by the resource of their API. */
export const workloadPaths = {
  deployments: '/apis/apps/v1',
  daemonsets: '/apis/apps/v1',
  statefulsets: '/apis/apps/v1',
  replicasets: '/apis/apps/v1',
  jobs: '/apis/batch/v1',
} as const

export type WorkloadType = keyof typeof workloadPaths

/** Which pods; null for all. */
export interface PodSelection {
  readonly namespace: string | null
  /** As kubectl's -l has it. */
  readonly labels: string | null
}

export interface LogOf {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** Of the container before the one that is there. */
  readonly previous: boolean
}

/** The pods of the API server and what is said about them, with the caller's rights. Nothing here throws. */
export interface PodApi {
  pods(selection: PodSelection): Promise<ApiAnswer<readonly ClusterPod[]>>
  pod(namespace: string, name: string): Promise<ApiAnswer<ClusterPod>>
  workload(type: WorkloadType, namespace: string, name: string): Promise<ApiAnswer<Workload>>
  /** All of a kind; null for all namespaces. */
  workloads(type: WorkloadType, selection: PodSelection): Promise<ApiAnswer<readonly Workload[]>>
  /** Warnings. null for all namespaces; `uid` for those about one object. */
  warnings(namespace: string | null, uid: string | null): Promise<ApiAnswer<readonly ClusterEvent[]>>
  /** The last lines, at most {@link longestLog} bytes. */
  log(of: LogOf): Promise<ApiAnswer<string>>
  /** Deletes this very pod as it was seen: not one of the same name that came after it. */
  deletePod(pod: ClusterPod, options: { readonly dryRun: boolean }): Promise<ApiAnswer<null>>
}

/** Bytes of a log that are asked for. */
export const longestLog = 256 * 1024
