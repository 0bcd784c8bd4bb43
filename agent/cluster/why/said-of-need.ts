import type { CheckOnNode, NodeStatus } from '#agent/cluster/node-status.ts'
import type { Check } from '#agent/model/check.ts'
import { allNeeds } from '#agent/model/needs-of.ts'
import type { Need } from '#agent/model/need.ts'
import { isReason, stateOf } from '#agent/model/reason.ts'
import type { State } from '#agent/model/state.ts'
import type { Said } from '#agent/symptoms/judge-hits.ts'

type Catalog = ReadonlyMap<string, Check>

/** A need as a line points to it. */
export interface NeedMeant {
  readonly check: string | null
  /** null for any of the check's. */
  readonly need: string | null
}

/**
 * The check by which a node speaks of a need: the one that is meant, else another that has the very same need. null when it says
 * nothing of it.
 */
export function checkSaying(
  node: NodeStatus | null,
  { check, need: id }: NeedMeant,
  catalog: Catalog,
): CheckOnNode | null {
  const said = node?.checks.filter(({ says }) => says !== null) ?? []
  const own = said.find(({ name }) => name === check)
  if (own !== undefined || id === null || check === null) return own ?? null
  return said.find(({ name }) => findNeed(catalog.get(name)?.needs ?? [], id) !== undefined) ?? null
}

/** What a node says of a need; null when it says nothing of it. A check names only the needs that are not ready. */
export function saidOfNeed(node: NodeStatus | null, meant: NeedMeant, catalog: Catalog): Said | null {
  const { need: id } = meant
  const said = checkSaying(node, meant, catalog)
  if (said === null) return null
  if (id === null || said.state === 'unknown') return { ...wholeOf(said), reason: 'AllReady' }
  const need = findNeed(catalog.get(said.name)?.needs ?? [], id)
  if (need === undefined) return saidByIncluded(node, { said, id }, catalog)
  return { ...wholeOf(said), state: stateOfNeed(said, need) ?? 'ready', reason: 'AllReady' }
}

function wholeOf({ state, fix }: CheckOnNode) {
  return { state, fix, message: null }
}

/** The outermost: of alternatives, the node names all together. */
function findNeed(needs: readonly Need[], id: string): Need | undefined {
  return needs.find((need) => need.id === id || allNeeds([need]).some((inner) => inner.id === id))
}

function stateOfNeed({ needs }: CheckOnNode, need: Need): State | null {
  const trouble = needs.find(({ id }) => id === need.id)
  if (trouble === undefined) return null
  return isReason(trouble.reason) ? stateOf(trouble.reason) : 'unknown'
}

/** The need of a check that the check includes: as that check says, if the node says anything of it. */
function saidByIncluded(
  node: NodeStatus | null,
  { said, id }: { said: CheckOnNode; id: string },
  catalog: Catalog,
): Said | null {
  const included = allNeeds(catalog.get(said.name)?.needs ?? []).filter((need) => need.type === 'check')
  for (const need of included) {
    if (!hasNeed(need.check, id, catalog)) continue
    if (node?.checks.some(({ name }) => name === need.check))
      return saidOfNeed(node, { check: need.check, need: id }, catalog)
    const state = stateOfNeed(said, need) ?? 'ready'
    return { ...wholeOf(said), state: state === 'missing' ? 'unknown' : state, reason: 'AllReady' }
  }
  return null
}

function hasNeed(name: string, id: string, catalog: Catalog): boolean {
  const needs = allNeeds(catalog.get(name)?.needs ?? [])
  return needs.some((need) => need.id === id || (need.type === 'check' && hasNeed(need.check, id, catalog)))
}
