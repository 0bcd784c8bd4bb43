import { conditionType, labelKey, prefix } from '#agent/model/names.ts'
import { states } from '#agent/model/state.ts'
import type { State } from '#agent/model/state.ts'
import type { NodeCondition, NodeView } from './node-api.ts'

/** A state as a condition's status: pods may run where it is True. */
export const conditionStatus = {
  ready: 'True',
  'not-applicable': 'True',
  missing: 'False',
  unknown: 'Unknown',
} as const satisfies Record<State, NodeCondition['status']>

const stateOfStatus = { True: 'ready', False: 'missing', Unknown: 'unknown' } as const satisfies Record<
  NodeCondition['status'],
  State
>

/** The checks that the Node has a label for. */
export function labelledChecks({ labels }: NodeView): string[] {
  return Object.keys(labels).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []))
}

export function conditionOf(node: NodeView, check: string): NodeCondition | undefined {
  return node.conditions.find(({ type }) => type === conditionType(check))
}

/** The state on the Node: its label, or its condition when labels are switched off. */
export function stateOn(node: NodeView, check: string): State | undefined {
  const label = states.find((state) => state === node.labels[labelKey(check)])
  const condition = conditionOf(node, check)
  return label ?? (condition && stateOfStatus[condition.status])
}
