import type { Check } from '#agent/model/check.ts'
import { isImage } from '#agent/model/image.ts'
import { namespaceName } from '#agent/model/names.ts'
import type { ClusterNode } from '#agent/node/cluster-api.ts'
import { volumeSources } from '#agent/node/suggest-api.ts'
import type { PodCounts, PodSum, VolumeSource, VolumeSum } from '#agent/node/suggest-api.ts'
import { readNode } from '#agent/cluster/node-says.ts'

/** What the cluster has; null for what could not be read. */
export interface Sources {
  readonly pods: PodSum | null
  readonly csiDrivers: readonly string[] | null
  readonly csiNodes: ReadonlyMap<string, number> | null
  readonly persistentVolumes: VolumeSum | null
  readonly nodes: readonly ClusterNode[] | null
}

/** Where pods are; only names that are those of namespaces. */
export interface InPods {
  readonly pods: number
  readonly namespaces: readonly string[]
}

/** Why a check is for this cluster. Every name in it is of the catalogue. */
export type Evidence =
  | { readonly by: 'crash'; readonly nodes: number; readonly containers: number }
  | ({ readonly by: 'image'; readonly image: string } & InPods)
  | { readonly by: 'driver'; readonly driver: string; readonly nodes: number; readonly volumes: number }
  | ({ readonly by: 'container'; readonly container: string } & InPods)
  | ({ readonly by: 'volume'; readonly volume: VolumeSource; readonly volumes: number } & InPods)
  | { readonly by: 'seen'; readonly nodes: number }

/** What each check of the catalogue is for here, most telling first; checks that nothing speaks for have no entry. */
export function findEvidence(
  catalog: ReadonlyMap<string, Check>,
  sources: Sources,
): ReadonlyMap<string, readonly Evidence[]> {
  const reported = reportedBy(sources.nodes ?? [], catalog)
  const found = [...catalog.values()].map((check): [string, readonly Evidence[]] => {
    const { crashes = [], seen = [] } = reported.get(check.name) ?? {}
    return [
      check.name,
      [
        ...crashes,
        ...imagesOf(check, sources),
        ...driversOf(check, sources),
        ...containersOf(check, sources),
        ...volumesOf(check, sources),
        ...seen,
      ],
    ]
  })
  return new Map(found.filter(([, evidence]) => evidence.length > 0))
}

interface Reported {
  readonly crashes: readonly Evidence[]
  readonly seen: readonly Evidence[]
}

/** What the agents say of each check. */
function reportedBy(
  nodes: readonly ClusterNode[],
  catalog: ReadonlyMap<string, Check>,
): ReadonlyMap<string, Reported> {
  const says = nodes.map((node) => readNode(node, []))
  const crashing = Map.groupBy(
    says.flatMap(({ checks }) => checks.filter(({ crashes }) => crashes > 0)),
    ({ name }) => name,
  )
  const seen = Map.groupBy(
    says.flatMap(({ seen }) => [...new Set(seen)]),
    (name) => name,
  )
  return new Map(
    [...catalog.keys()].map((name) => [
      name,
      { crashes: crashesOf(crashing.get(name) ?? []), seen: seenOn(seen.get(name)?.length ?? 0) },
    ]),
  )
}

function crashesOf(said: readonly { readonly crashes: number }[]): readonly Evidence[] {
  if (said.length === 0) return []
  return [{ by: 'crash', nodes: said.length, containers: sum(said.map(({ crashes }) => crashes)) }]
}

function seenOn(nodes: number): readonly Evidence[] {
  return nodes === 0 ? [] : [{ by: 'seen', nodes }]
}

function imagesOf({ images }: Check, { pods }: Sources): readonly Evidence[] {
  return images.flatMap((image) => {
    const found = countIn(pods?.images, (reference) => isImage(reference, image))
    return found === null ? [] : [{ by: 'image', image, ...found }]
  })
}

function containersOf({ containers }: Check, { pods }: Sources): readonly Evidence[] {
  return containers.flatMap((container) => {
    const found = countIn(pods?.containers, (name) => name === container)
    return found === null ? [] : [{ by: 'container', container, ...found }]
  })
}

function driversOf({ drivers }: Check, sources: Sources): readonly Evidence[] {
  const { csiDrivers, csiNodes, persistentVolumes } = sources
  return drivers.flatMap((driver) => {
    const nodes = csiNodes?.get(driver) ?? 0
    const volumes = persistentVolumes?.drivers.get(driver) ?? 0
    const isHere = nodes > 0 || volumes > 0 || csiDrivers?.includes(driver)
    return isHere ? [{ by: 'driver', driver, nodes, volumes }] : []
  })
}

/** The checks of what the kubelet mounts without a driver. */
const checkOfVolume: Readonly<Record<VolumeSource, string>> = {
  nfs: 'nfs-client',
  iscsi: 'iscsi-volumes',
  rbd: 'ceph-rbd',
  cephfs: 'cephfs',
  fc: 'fibre-channel',
  glusterfs: 'glusterfs',
}

function volumesOf({ name }: Check, { pods, persistentVolumes }: Sources): readonly Evidence[] {
  return volumeSources.flatMap((volume) => {
    if (checkOfVolume[volume] !== name) return []
    const mounted = countIn(pods?.volumes, (source) => source === volume)
    const volumes = persistentVolumes?.sources.get(volume) ?? 0
    if (mounted === null && volumes === 0) return []
    return [{ by: 'volume', volume, volumes, ...(mounted ?? { pods: 0, namespaces: [] }) }]
  })
}

function countIn(counts: PodCounts | undefined, isMeant: (name: string) => boolean): InPods | null {
  const found = [...(counts ?? [])].flatMap(([name, inNamespaces]) =>
    isMeant(name) ? [...inNamespaces] : [],
  )
  if (found.length === 0) return null
  const namespaces = [...new Set(found.map(([namespace]) => namespace))]
  return {
    pods: sum(found.map(([, pods]) => pods)),
    namespaces: namespaces.filter((name) => namespaceName.test(name)).toSorted(),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}
