import { plainLine } from '#agent/model/plain.ts'
import type { State } from '#agent/model/state.ts'
import { isUsable } from '#agent/model/state.ts'
import type { ClusterNode } from '#agent/node/cluster-api.ts'
import { needWords } from './fix-elsewhere.ts'
import { readNode } from './node-says.ts'

/** What `wait --for` waits for on each node. */
export interface Awaited {
  readonly check: string
  readonly state: State
}

/** One node on the way there. */
export interface Progress {
  readonly node: string
  /** null when it says nothing of the check. */
  readonly state: State | null
  readonly isThere: boolean
  /** What the Node says, for people; it changes when that does. */
  readonly says: string
}

/** How far each node is. Where ready is waited for, a node that needs nothing of it is ready for it too. */
export function progressOf(
  nodes: readonly ClusterNode[],
  { check, state: wanted }: Awaited,
): readonly Progress[] {
  return nodes.map((node) => {
    const said = readNode(node, [check]).checks.find(({ name }) => name === check)
    const name = plainLine(node.name)
    if (said === undefined)
      return { node: name, state: null, isThere: false, says: `says nothing of ${plainLine(check)}` }
    const { state, needs, reason } = said
    const isThere = wanted === 'ready' ? isUsable(state) : state === wanted
    const why = needWords(needs)
    const detail = state === 'ready' || state === 'not-applicable' ? '' : why || reason || ''
    const says = `${said.name} is ${state}${detail === '' ? '' : `: ${plainLine(detail)}`}`
    return { node: name, state, isThere, says }
  })
}
