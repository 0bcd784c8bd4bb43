import { conditionType, labelKey, prefix } from '#agent/model/names.ts'
import { states } from '#agent/model/state.ts'
import type { State } from '#agent/model/state.ts'
import { entriesOf } from './annotation.ts'
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

/**
 * The state of checks on the Node: the label, or its condition when labels are switched off, or what the annotation says where the
 * condition is not shown either.
 */
export function statesOn(node: NodeView): (check: string) => State | undefined {
  const entries = new Map(entriesOf(node).map(({ check, state }) => [check, state]))
  return (check) => stateOn(node, check) ?? entries.get(check)
}

/** The same without the annotation. */
export function stateOn(node: NodeView, check: string): State | undefined {
  const label = states.find((state) => state === node.labels[labelKey(check)])
  const condition = conditionOf(node, check)
  return label ?? (condition && stateOfStatus[condition.status])
}
