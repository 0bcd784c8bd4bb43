import type { Published } from '#agent/model/report.ts'

/** What is missing and its fix; of any other state the message alone. */
export function renderMessage({ state, message, fix }: Published, longest: number): string {
  return fixInLine({ message, fix: state === 'missing' ? fix : null }, longest)
}

/**
 * What is missing and the commands that fix it, in one line of at most `longest` characters, because kubectl shows conditions and
 * events in tables. A command is never cut, only left out. Notes are shown when no command fixes it.
 */
export function fixInLine({ message, fix }: Pick<Published, 'message' | 'fix'>, longest: number): string {
  const lines = fix === null ? [] : fix.split('\n')
  const commands = lines.filter((line) => !line.startsWith('#'))
  const notes = lines.filter((line) => line.startsWith('#')).map((line) => line.replace(/^#\s*/, ''))
  const whole =
    commands.length > 0 ? `${message}. Fix: ${commands.join(' && ')}` : [message, ...notes].join('. ')
  if (whole.length <= longest) return whole
  for (let kept = commands.length - 1; kept > 0; kept--) {
    const part = `${message}. Fix: ${commands.slice(0, kept).join(' && ')} ...`
    if (part.length <= longest) return part
  }
  return message.length > longest ? `${message.slice(0, longest - 3)}...` : message
}
