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
  return inColor(colors[state], color, text)
}

export function inColor(style: Parameters<typeof styleText>[0], color: boolean, text: string): string {
  return color ? styleText(style, text, { validateStream: false }) : text
}
