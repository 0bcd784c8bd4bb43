import { noNeed } from '#agent/model/check.ts'
import type { Cause, Explanation } from '#agent/model/explanation.ts'
import { plainLine, plainLines } from '#agent/model/plain.ts'
import { inColor } from './paint.ts'
import type { RenderOptions } from './summary.ts'

/** Causes that are told in full; of more, nobody reads them. */
const mostTold = 5

/** A colleague's answer: what is wrong, why that is so, what to type. All of it is harmless text. */
export function renderExplanation(explanation: Explanation, options: RenderOptions): string {
  const { causes } = explanation
  const exit = exitLines(explanation)
  if (causes.length === 0) return [...nothing, ...exit, ''].join('\n')
  const open = causes.filter(({ verdict }) => verdict !== 'not here')
  const rest = open.slice(mostTold)
  const lines = [
    ...open.slice(0, mostTold).flatMap((cause) => tell(cause, explanation, options)),
    ...(rest.length === 0 ? [] : [`and ${rest.length} less likely ones: -o json has them all`, '']),
    ...causes.filter(({ verdict }) => verdict === 'not here').map((cause) => dismiss(cause, options)),
    ...exit,
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

const nothing = ['Nothing in this log points to something that the host lacks.']

function exitLines({ exit }: Explanation): readonly string[] {
  return exit === null ? [] : ['', `Exit code ${exit.code}: ${exit.means}.`]
}

function tell(cause: Cause, explanation: Explanation, { color }: RenderOptions): readonly string[] {
  return [
    `${shown(cause.verdict, color)}${plainLine(headOf(cause))}`,
    ...evidenceOf(cause),
    ...hostLines(cause, explanation),
    ...fixLines(cause, explanation),
    ...alsoLine(cause),
    ...(cause.source === null ? [] : [`  Source: ${plainLine(cause.source)}`]),
    '',
  ]
}

function headOf({ check, title, means, subject }: Cause): string {
  if (check === null) return `${means} (no check knows ${subject?.name ?? 'it'})`
  return `${means} (${check}: ${title ?? ''})`
}

function evidenceOf({ line, text, times, doubt, confidence }: Cause): readonly string[] {
  const where = line === 0 ? 'exit code' : `line ${line}${times > 1 ? `, the last of ${times}` : ''}`
  return [
    ...(line === 0 ? [] : [`  The log, ${where}:`, `    ${plainLine(text)}`]),
    ...(doubt === null ? [] : [`  But line ${doubt.line} takes it back:`, `    ${plainLine(doubt.text)}`]),
    ...(doubt === null && confidence === 'possible'
      ? [
          '  Such a line may as well be about the container, its image or another node; then nothing on this host helps.',
        ]
      : []),
  ]
}

function hostLines({ need, state, message, verdict }: Cause, { host }: Explanation): readonly string[] {
  if (host === null || need === noNeed) return []
  if (state === null) return [`  ${plainLine(host.name)} could not be asked about it.`]
  const doubt = verdict === 'likely' && state === 'unknown' ? ' (unknown)' : ''
  return [`  Here, on ${plainLine(host.name)}: ${plainLine(message ?? state)}${doubt}`]
}

function fixLines({ fix, verdict, state }: Cause, { host }: Explanation): readonly string[] {
  if (host === null || (fix === null && verdict !== 'confirmed')) return []
  if (fix === null) return [`  No fix is known for ${plainLine(host.os)}.`]
  const lead = verdict === 'confirmed' ? 'Fix' : state === 'missing' ? 'If the host is meant' : 'Perhaps'
  const lines = plainLines(fix)
    .split('\n')
    .map((line) => `    ${line}`)
  return [`  ${lead}, as root on ${plainLine(host.name)} (${plainLine(host.os)}):`, ...lines]
}

function alsoLine({ alsoNeededBy }: Cause): readonly string[] {
  if (alsoNeededBy.length === 0) return []
  return [`  The same is needed by: ${alsoNeededBy.map(plainLine).join(', ')}.`]
}

/** In one line: it saves an hour of looking there. */
function dismiss({ check, subject, line, message, ...cause }: Cause, { color }: RenderOptions): string {
  const what = check ?? subject?.name ?? 'it'
  return `${shown(cause.verdict, color)}${plainLine(`${what} (line ${line}): ${message ?? 'this host has it'}`)}`
}

const words = {
  confirmed: ['Confirmed: ', 'red'],
  likely: ['Likely: ', 'yellow'],
  'not here': ['Not here: ', 'green'],
} as const

function shown(verdict: Cause['verdict'], color: boolean): string {
  const [word, style] = words[verdict]
  return inColor(style, color, word)
}
