import type { V1Pod } from '@kubernetes/client-node'
import { volumeSources } from '#agent/node/suggest-api.ts'
import type { PodSum } from '#agent/node/suggest-api.ts'
import { agentSelector, notEnded, podsPath } from './agent-pods.ts'
import type { FoldQuery } from './list-pages.ts'

type Counts = Map<string, Map<string, number>>
type Sum = { readonly [Key in keyof PodSum]: Counts }

/** What the pods of one namespace, or null for all, come to. */
export function podsIn(namespace: string | null): FoldQuery<V1Pod, Sum> {
  return {
    path: podsPath(namespace),
    query: { fieldSelector: notEnded },
    start: () => ({ images: new Map(), containers: new Map(), volumes: new Map(), configs: new Map() }),
    add: addPod,
  }
}

function addPod({ images, containers, volumes, configs }: Sum, { metadata, spec }: V1Pod): void {
  const count = (counts: Counts, names: readonly string[]) =>
    countPod(counts, names, metadata?.namespace ?? '')
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
  const imagesOfAll = all.flatMap(({ image }) => image ?? [])
  count(images, imagesOfAll)
  const names = all.map(({ name }) => name)
  count(containers, names)
  const mounted = spec?.volumes ?? []
  const sources = volumeSources.filter((source) => mounted.some((volume) => volume[source] !== undefined))
  count(volumes, sources)
  if (metadata?.labels?.[labelName] !== labelValue) return
  const config = mounted.find(({ name }) => name === configVolume)?.configMap?.name
  if (config !== undefined) count(configs, [config])
}

const [labelName = '', labelValue] = agentSelector.split('=')

/** The volume of the DaemonSet in manifests/ that has the config. */
const configVolume = 'config'

/** Each name once, however many containers of the pod have it. */
function countPod(counts: Counts, names: readonly string[], namespace: string): void {
  for (const name of new Set(names)) {
    const inNamespaces = counts.get(name) ?? new Map<string, number>()
    counts.set(name, inNamespaces.set(namespace, (inNamespaces.get(namespace) ?? 0) + 1))
  }
}
