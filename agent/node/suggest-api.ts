import type { ApiAnswer } from './node-api.ts'

/** In how many pods something is, by its name and their namespace. */
export type PodCounts = ReadonlyMap<string, ReadonlyMap<string, number>>

/** What the pods that have not ended are made of, and nothing else of them. */
export interface PodSum {
  /** As the pods name them, with version and digest. */
  readonly images: PodCounts
  /** Names of containers, init containers too. */
  readonly containers: PodCounts
  /** Volumes that pods mount without a PersistentVolume, by {@link volumeSources}. */
  readonly volumes: PodCounts
  /** The ConfigMaps that pods labelled as agents mount as their config, by name. */
  readonly configs: PodCounts
}

/** Volumes that the kubelet mounts itself, as the API names them. */
export const volumeSources = ['nfs', 'iscsi', 'rbd', 'cephfs', 'fc', 'glusterfs'] as const

export type VolumeSource = (typeof volumeSources)[number]

/** How many PersistentVolumes there are of each. */
export interface VolumeSum {
  readonly drivers: ReadonlyMap<string, number>
  readonly sources: ReadonlyMap<string, number>
}

export interface ConfigMapRef {
  readonly namespace: string
  readonly name: string
}

export interface ConfigMapText extends ConfigMapRef {
  /** null where it has no such key. */
  readonly text: string | null
  /** Changes with each change; "" when the answer has none. */
  readonly resourceVersion: string
}

/** The key of the config in the agents' ConfigMap. */
export const configKey = 'config.yaml'

/** What says which workloads a cluster has, with the caller's rights. Nothing here throws. */
export interface SuggestApi {
  /** Of one namespace, or null for all. */
  pods(namespace: string | null): Promise<ApiAnswer<PodSum>>
  /** The CSI drivers that the cluster knows. */
  csiDrivers(): Promise<ApiAnswer<readonly string[]>>
  /** On how many nodes each CSI driver is registered. */
  csiNodes(): Promise<ApiAnswer<ReadonlyMap<string, number>>>
  persistentVolumes(): Promise<ApiAnswer<VolumeSum>>
  /** The text of the agents' config in it. */
  configMap(config: ConfigMapRef): Promise<ApiAnswer<ConfigMapText>>
}
