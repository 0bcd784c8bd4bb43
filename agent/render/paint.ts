import { styleText } from 'node:util'
import type { State } from '#agent/model/state.ts'

const colors = {
  ready: 'green',
  missing: 'red',
  unknown: 'yellow',
  'not-applicable': 'gray',
} as const satisfies Record<State, string>

/** A state for a terminal. */
export function paint(state: State, color: boolean): string {
  return color ? styleText(colors[state], state, { validateStream: false }) : state
}
