import { styleText } from 'node:util'
import type { State } from '#agent/model/state.ts'

const colors = {
  ready: 'green',
  missing: 'red',
  unknown: 'yellow',
  'not-applicable': 'gray',
} as const satisfies Record<State, string>

/** A text in the colour of a state; unchanged where nothing is coloured. */
export function paint(state: State, color: boolean, text: string = state): string {
  return color ? styleText(colors[state], text, { validateStream: false }) : text
}
