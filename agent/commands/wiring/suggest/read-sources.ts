import type { Sources } from '#agent/cluster/suggest/evidence.ts'
import type { ClusterApi } from '#agent/node/cluster-api.ts'
import type { ApiAnswer, ApiRefusal } from '#agent/node/node-api.ts'
import type { SuggestApi } from '#agent/node/suggest-api.ts'
import { ClusterError } from '#agent/commands/wiring/errors.ts'

export type Asked = SuggestApi & Pick<ClusterApi, 'nodes'>

export interface SourcesRead {
  readonly sources: Sources
  /** What could not be read, a line each, with the API server's words. */
  readonly refused: readonly string[]
}

/** What each tells, for whoever may not list it. */
const tells = {
  pods: 'images and names of containers',
  csiDrivers: 'the CSI drivers of the cluster',
  csiNodes: 'the CSI drivers of nodes',
  persistentVolumes: 'the kinds of volumes',
  nodes: 'what the agents report',
} as const satisfies Record<keyof Sources, string>

/** Everything that may be listed; fails where that is nothing. */
export async function readSources(api: Asked): Promise<SourcesRead> {
  const [pods, csiDrivers, csiNodes, persistentVolumes, nodes] = await Promise.all([
    api.pods(null),
    api.csiDrivers(),
    api.csiNodes(),
    api.persistentVolumes(),
    api.nodes({ labels: null, name: null }),
  ])
  const answers = { pods, csiDrivers, csiNodes, persistentVolumes, nodes }
  const refusals = Object.entries(answers).flatMap(([key, answer]) => (answer.ok ? [] : [{ key, answer }]))
  const words = refusals.map(({ answer }) => answer.message)
  if (refusals.length === Object.keys(answers).length) throw new ClusterError([...new Set(words)].join('\n'))
  return {
    sources: {
      pods: valueOf(pods),
      csiDrivers: valueOf(csiDrivers),
      csiNodes: valueOf(csiNodes),
      persistentVolumes: valueOf(persistentVolumes),
      nodes: valueOf(nodes),
    },
    refused: refusals.map(({ key, answer }) => refusedLine(key as keyof Sources, answer)),
  }
}

function valueOf<T>(answer: ApiAnswer<T>): T | null {
  return answer.ok ? answer.value : null
}

function refusedLine(key: keyof Sources, { message }: ApiRefusal): string {
  return `${key.toLowerCase()} cannot be listed, so ${tells[key]} are not known: ${message}`
}
