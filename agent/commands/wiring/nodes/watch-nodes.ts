import { agentsByNode } from '#agent/cluster/agents-on.ts'
import { rememberNodes } from '#agent/cluster/node-changes.ts'
import { renderChanges, nodeFormats } from '#agent/cluster/node-formats.ts'
import type { NodeFormat } from '#agent/cluster/node-format-names.ts'
import { joinNodes } from '#agent/cluster/node-status.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { State } from '#agent/model/state.ts'
import type { AgentPod, ClusterApi, ClusterNode } from '#agent/node/cluster-api.ts'
import type { ApiAnswer, ApiRefusal } from '#agent/node/node-api.ts'
import { isColored } from '#agent/commands/wiring/is-colored.ts'
import { untilUnread } from '#agent/commands/wiring/interrupt.ts'
import { mustKnow, shippedCatalog } from '#agent/commands/wiring/cluster/known-checks.ts'
import {
  among,
  findAgents,
  findNodes,
  selectionOf,
  warnOfAgents,
} from '#agent/commands/wiring/cluster/list-nodes.ts'
import { take } from '#agent/commands/wiring/cluster/take.ts'

/** What `hostdeps nodes` was asked for. */
export interface NodesWanted {
  readonly names: readonly string[]
  /** Labels of Nodes. */
  readonly selector?: string
  /** Where the agents run. */
  readonly namespace?: string
  readonly check: readonly string[]
  readonly state: readonly State[]
  readonly output: NodeFormat
  readonly headers: boolean
}

/** Prints all nodes, then each one that changes, until nobody reads it any more. */
export async function watchNodes(api: ClusterApi, wanted: NodesWanted): Promise<void> {
  const { names, selector = null } = wanted
  const first = await findNodes(api, names, selector)
  for (const refusal of first.refusals) take(refusal)
  const agents = await findAgents(api, wanted.namespace ?? null)
  mustKnow(wanted.check, shippedCatalog(), first.nodes)
  warnOfAgents(agents)
  const show = openShow(wanted)
  const signal = untilUnread()
  let [nodes, pods] = [first.nodes, agents]
  show(nodes, pods)
  const following = api.followNodes(selectionOf(names, selector), {
    signal,
    troubled: openTroubles(),
    changed(all) {
      nodes = among(names, all)
      show(nodes, pods)
    },
  })
  if (agents.ok) {
    void api.followAgentPods(namespaceOf(agents.value, wanted.namespace), {
      signal,
      troubled: () => undefined,
      changed(value) {
        pods = { ok: true, value }
        show(nodes, pods)
      },
    })
  }
  take(await following)
}

/** Where they are known to be, if they are in one place: the right to list them may reach no further. */
function namespaceOf(pods: readonly AgentPod[], given: string | undefined): string | null {
  const [first, ...others] = new Set(pods.map(({ namespace }) => namespace))
  return given ?? (others.length === 0 ? (first ?? null) : null)
}

type Show = (nodes: readonly ClusterNode[], pods: ApiAnswer<readonly AgentPod[]>) => void

function openShow({ check, state, output, headers }: NodesWanted): Show {
  const catalog = shippedCatalog()
  const changesOf = rememberNodes()
  const color = isColored(process.stdout)
  let isFirst = true
  return (nodes, pods) => {
    const agents = pods.ok ? agentsByNode(pods.value) : null
    const all = joinNodes(nodes, { agents, only: check.length > 0 ? check : null, catalog })
    const { changed, gone } = changesOf(all)
    const options = { color, headers, now: Date.now() }
    const shown = new Set(
      all.flatMap((node) => (state.length === 0 || state.includes(node.state) ? [node.name] : [])),
    )
    const text =
      isFirst && output !== 'json' && output !== 'yaml'
        ? nodeFormats[output](
            all.filter(({ name }) => shown.has(name)),
            options,
          )
        : renderChanges(all, changed.intersection(shown), { ...options, format: output })
    isFirst = false
    process.stdout.write(text)
    for (const name of gone) process.stderr.write(`${name} is gone\n`)
  }
}

/** Says each trouble once, until another comes. */
export function openTroubles(): (refusal: ApiRefusal) => void {
  let last = ''
  return ({ message }) => {
    if (message !== last) process.stderr.write(`${plainLine(message)}; it is asked again\n`)
    last = message
  }
}
