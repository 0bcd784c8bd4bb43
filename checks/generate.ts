import { writeFileSync } from 'node:fs'
import { fileSchema } from '../agent/catalog/json-schema.ts'
import { load } from '../agent/catalog/load.ts'
import type { Check } from '../agent/model/check.ts'
import type { Need } from '../agent/model/need.ts'
import { renderKeys } from './render-keys.ts'

/** What is made of the checks in their own folder, by file name. */
export function generated(checks: readonly Check[]): Readonly<Record<string, string>> {
  return {
    'README.md': renderReadme(checks),
    'KEYS.md': renderKeys(fileSchema()),
    'check.schema.json': `${JSON.stringify(fileSchema(), null, 1)}\n`,
  }
}

export const folder = import.meta.dirname

/** A table of all, then each with its needs and their reasons. */
function renderReadme(all: readonly Check[]): string {
  const checks = all.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const taken = new Set(checks.flatMap(({ needs }) => needs.flatMap(checksIn)))
  const table = (of: readonly Check[]) =>
    ['| check | of | needs | recommended |', '|---|---|---|---|', ...of.map(row)].join('\n')
  return [
    '<!-- Generated from the files of this folder: npm run generate writes it anew. -->',
    '# The checks',
    `${checks.length} checks. One that others take in stands in the second table; what a check needs is what its own file says, and all that the checks it takes in need. [KEYS.md](KEYS.md) explains what a file may say; [LEFT-OUT.md](LEFT-OUT.md) lists what is known and not asked.`,
    '## Workloads and nodes',
    table(checks.filter(({ name }) => !taken.has(name))),
    '## What they have in common',
    table(checks.filter(({ name }) => taken.has(name))),
    '## Each with its reasons',
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
    const doubt = need.unverified === null ? '' : ` Not borne out: ${need.unverified}.`
    const conflicts = Object.entries(need.conflicts).map(
      ([check, advice]) => ` Conflicts with [${check}](#${check}): ${advice}`,
    )
    return `- ${shortly(need)}${optional}${reason}${source}${doubt}${conflicts.join('')}`
  })
  const known =
    images.length === 0
      ? ''
      : `\n\nKnown to the [gate](../manifests/overlays/gate/kustomization.yaml) by the image ${images.map((image) => `\`${image}\``).join(', ')}`
  const also = aliases.length === 0 ? '' : ` Also looked for by: ${aliases.join(', ')}.`
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

/** A table's cells end at a bar. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

if (import.meta.main) {
  const { catalog } = load({ config: null, ownChecks: null, allowCommands: false })
  for (const [name, text] of Object.entries(generated([...catalog.values()])))
    writeFileSync(`${folder}/${name}`, text)
}
