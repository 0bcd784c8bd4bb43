import { fixFactsOf } from '#agent/cluster/host-facts.ts'
import { joinNodes } from '#agent/cluster/node-status.ts'
import type { NodeStatus } from '#agent/cluster/node-status.ts'
import { openClusterApi } from '#agent/kube/open-cluster-api.ts'
import { connect } from '#agent/commands/wiring/cluster/connect.ts'
import { mustKnow } from '#agent/commands/wiring/cluster/known-checks.ts'
import { findAllNodes } from '#agent/commands/wiring/cluster/list-nodes.ts'
import { ClusterError } from '#agent/commands/wiring/errors.ts'
import type { FixFlags } from '#agent/commands/wiring/fix/fix-flags.ts'
import { loadFrom } from '#agent/commands/wiring/host-flags.ts'
import { endOnInterrupt } from '#agent/commands/wiring/interrupt.ts'
import { withProgress } from '#agent/commands/wiring/progress.ts'
import type { Likes } from './print-for-new-nodes.ts'

/** The chosen Nodes, with the checks that are named or published there. An old word does: it is their kind that counts. */
export async function likesOfNodes(names: readonly string[], flags: FixFlags): Promise<Likes> {
  endOnInterrupt()
  const api = openClusterApi(connect(flags).connection)
  const { catalog } = loadFrom(flags)
  const found = await withProgress(
    'looking at the nodes',
    findAllNodes(api, { names, labels: flags.selector ?? null }),
  )
  mustKnow(flags.check, catalog, found)
  const only = flags.check.length > 0 ? flags.check : null
  const nodes = joinNodes(found, { agents: null, only, catalog })
  const known = nodes.flatMap((node) => {
    const facts = node.host === null ? null : fixFactsOf(node.host)
    return facts === null ? [] : [{ name: node.name, facts, all: wantedOn(node) }]
  })
  if (known.length === 0) throw new ClusterError('no agent has said of these Nodes what hosts they are')
  const strange = new Set(known.flatMap(({ all }) => all.filter((check) => !catalog.has(check))))
  return {
    likes: known.map(({ name, facts, all }) => ({
      name,
      facts,
      checks: all.filter((check) => catalog.has(check)),
    })),
    catalog,
    notes: [...strange].map((check) => `${check}: a custom check: name the folder of its file by --checks`),
  }
}

/** What does not apply to a node does not apply to those like it. */
function wantedOn({ checks }: NodeStatus): readonly string[] {
  return checks.filter(({ says }) => says !== 'not-applicable').map(({ name }) => name)
}
