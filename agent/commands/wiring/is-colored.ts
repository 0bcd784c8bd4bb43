import { styleText } from 'node:util'

/** Whether a stream gets colours: as Node.js decides it, by the terminal, NO_COLOR, FORCE_COLOR and NODE_DISABLE_COLORS. */
export function isColored(stream: NodeJS.WriteStream): boolean {
  return styleText('red', 'x', { stream }) !== 'x'
}
