import { checkNamePattern } from '#agent/model/names.ts'
import { conditionOf, labelledChecks, stateOn } from '#agent/node/state-on-node.ts'
import type { ClusterNode } from '#agent/node/cluster-api.ts'

/** What is published now. */
export interface Published {
  readonly checks: readonly string[]
  /** What the config's new `checks` begin with. */
  readonly base: readonly string[]
  /** Where that was read; `default` where nothing is installed, null where nothing could be read. */
  readonly from: 'config' | 'nodes' | 'default' | null
}

/** The checks that Nodes have labels or conditions for, where the config cannot be read. */
export function publishedOn(
  nodes: readonly ClusterNode[],
  knownChecks: readonly string[],
): readonly string[] {
  const named = nodes.flatMap((node) => [
    ...labelledChecks(node).filter(
      (name) => checkNamePattern.test(name) && stateOn(node, name) !== undefined,
    ),
    ...knownChecks.filter((name) => conditionOf(node, name) !== undefined),
  ])
  return [...new Set(named)].toSorted()
}
