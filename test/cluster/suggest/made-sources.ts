import type { Sources } from '#agent/cluster/suggest/evidence.ts'
import type { PodCounts, PodSum } from '#agent/node/suggest-api.ts'

/** Of nothing; `changes` says what there is. */
export function madeSources(changes: Partial<Sources> = {}): Sources {
  return { pods: null, csiDrivers: null, csiNodes: null, persistentVolumes: null, nodes: null, ...changes }
}

export function madePods(changes: Partial<PodSum>): PodSum {
  const none: PodCounts = new Map()
  return { images: none, containers: none, volumes: none, configs: none, ...changes }
}

/** `{ name: { namespace: pods } }` */
export function counts(written: Readonly<Record<string, Readonly<Record<string, number>>>>): PodCounts {
  return new Map(Object.entries(written).map(([name, pods]) => [name, new Map(Object.entries(pods))]))
}
