import { checkNamePattern } from '#agent/model/names.ts'
import { entriesOf } from '#agent/node/annotation.ts'
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

/**
 * The checks that Nodes have labels or conditions for, or that their annotations speak of, where the config cannot be read. An
 * annotation also has the checks by which something crashes, published or not.
 */
export function publishedOn(
  nodes: readonly ClusterNode[],
  knownChecks: readonly string[],
): readonly string[] {
  const named = nodes.flatMap((node) => [
    ...labelledChecks(node).filter(
      (name) => checkNamePattern.test(name) && stateOn(node, name) !== undefined,
    ),
    ...knownChecks.filter((name) => conditionOf(node, name) !== undefined),
    ...entriesOf(node).flatMap(({ check, crashes = 0 }) => (crashes === 0 ? [check] : [])),
  ])
  return [...new Set(named)].toSorted()
}
