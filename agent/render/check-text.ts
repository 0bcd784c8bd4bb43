import { stringify } from 'yaml'
import type { Check } from '#agent/model/check.ts'
import type { Need } from '#agent/model/need.ts'
import { renderColumns } from './columns.ts'

/** One line per check: its name, whether the config publishes it, how many needs it has, its origin and title. */
export function renderCheckList(checks: readonly Check[], published: readonly string[]): string {
  const rows = checks.map((check) => [
    check.name,
    published.includes(check.name) ? 'yes' : 'no',
    String(check.needs.length),
    check.origin,
    check.title,
  ])
  return renderColumns(['CHECK', 'PUBLISHED', 'NEEDS', 'ORIGIN', 'TITLE'], rows)
}

/** Everything that a check says, for people. */
export function renderCheck(check: Check): string {
  const needs = check.needs.flatMap((need) => renderNeed(need, 1))
  const fix = check.fix === null ? [] : ['fix:', indent(stringify(check.fix, { lineWidth: 0 }))]
  const sources =
    check.sources.length === 0 ? [] : ['sources:', ...check.sources.map((source) => `  ${source}`)]
  const also = check.aliases.length === 0 ? [] : [`aliases: ${check.aliases.join(', ')}`]
  return `${[`${check.name}: ${check.title}`, check.why, ...also, 'needs:', ...needs, ...fix, ...sources].join('\n')}\n`
}

function renderNeed(need: Need, depth: number): string[] {
  const margin = '  '.repeat(depth)
  const id = need.type === 'anyOf' ? 'any of' : need.id
  const why = need.why === null ? '' : `  (${need.why})`
  const doubt = need.unverified === null ? '' : `  (unverified: ${need.unverified})`
  const conflicts = Object.entries(need.conflicts).map(
    ([check, advice]) => `${margin}  conflicts with ${check}: ${advice}`,
  )
  const inner = need.type === 'anyOf' ? need.needs.flatMap((one) => renderNeed(one, depth + 1)) : []
  return [`${margin}${id}${need.recommended ? ', recommended' : ''}${why}${doubt}`, ...conflicts, ...inner]
}

function indent(text: string): string {
  return text.trimEnd().replace(/^/gm, '  ')
}
