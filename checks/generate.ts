import { writeFileSync } from 'node:fs'
import { fileSchema } from '#agent/catalog/json-schema.ts'
import { load } from '#agent/catalog/load.ts'
import type { Check } from '#agent/model/check.ts'
import type { Need } from '#agent/model/need.ts'
import { renderKeys } from './render-keys.ts'

/** The generated files of this folder, by name. */
export function generated(checks: readonly Check[]): Readonly<Record<string, string>> {
  return {
    'README.md': renderReadme(checks),
    'KEYS.md': renderKeys(fileSchema()),
    'check.schema.json': `${JSON.stringify(fileSchema(), null, 1)}\n`,
  }
}

export const folder = import.meta.dirname

/** Two tables, then a section per check with its needs and their reasons. */
function renderReadme(all: readonly Check[]): string {
  const checks = all.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const included = new Set(checks.flatMap(({ needs }) => needs.flatMap(checksIn)))
  const table = (of: readonly Check[]) =>
    ['| check | what it is for | needs | recommended |', '|---|---|---|---|', ...of.map(row)].join('\n')
  return [
    '<!-- Generated from the check files by npm run generate. Do not edit. -->',
    '# The checks',
    `${checks.length} checks. A check needs what its own file lists, and everything that the checks it includes need; the second table has the checks that others include. [WRITING.md](WRITING.md) shows how to write one, [KEYS.md](KEYS.md) explains every key, and [LEFT-OUT.md](LEFT-OUT.md) lists what is deliberately not checked.`,
    '## Workloads and nodes',
    table(checks.filter(({ name }) => !included.has(name))),
    '## Included by others',
    table(checks.filter(({ name }) => included.has(name))),
    '## Each check and its reasons',
    ...checks.map(section),
  ]
    .join('\n\n')
    .concat('\n')
}

function row({ name, title, needs }: Check): string {
  const list = (isWanted: (need: Need) => boolean) => needs.filter(isWanted).map(shortly).join(', ')
  return `| [${name}](#${name}) | ${cell(title)} | ${list((need) => !need.recommended)} | ${list((need) => need.recommended)} |`
}

function section({ name, title, why, aliases, needs, images }: Check): string {
  const lines = needs.map((need) => {
    const optional = need.recommended ? ' (recommended)' : ''
    const reason = need.why === null ? '' : `: ${need.why}`
    const source = need.source === null ? '' : ` [source](${need.source})`
    const doubt = need.unverified === null ? '' : ` Not verified: ${need.unverified}.`
    const conflicts = Object.entries(need.conflicts).map(
      ([check, advice]) => ` Conflicts with [${check}](#${check}): ${advice}`,
    )
    return `- ${shortly(need)}${optional}${reason}${source}${doubt}${conflicts.join('')}`
  })
  const known =
    images.length === 0
      ? ''
      : `\n\nThe [gate](../manifests/overlays/gate/kustomization.yaml) recognizes it by the image ${images.map((image) => `\`${image}\``).join(', ')}`
  const also = aliases.length === 0 ? '' : ` Also known as: ${aliases.join(', ')}.`
  return `### ${name}\n\n[${title}](${name}.yaml). ${why}${also}\n\n${lines.join('\n')}${known}`
}

/** A need in a word or two; another check as a link. */
function shortly(need: Need): string {
  if (need.type === 'check') return `[${need.check}](#${need.check})`
  if (need.type === 'anyOf')
    return need.needs.map(shortly).slice(0, 3).join(' or ') + (need.needs.length > 3 ? ' or others' : '')
  return `\`${cell(need.id)}\``
}

function checksIn(need: Need): string[] {
  if (need.type === 'anyOf') return need.needs.flatMap(checksIn)
  return need.type === 'check' ? [need.check] : []
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

if (import.meta.main) {
  const { catalog } = load({ config: null, customChecks: null, allowCommands: false })
  for (const [name, text] of Object.entries(generated([...catalog.values()])))
    writeFileSync(`${folder}/${name}`, text)
}
