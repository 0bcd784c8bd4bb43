import { closure } from '#agent/model/closure.ts'
import { hash } from 'node:crypto'
import type { Check } from '#agent/model/check.ts'
import type { KnownNames } from '#agent/model/did-you-mean.ts'
import { checkNameOf, readCheck } from './check-file.ts'
import type { CheckRead, CheckText } from './check-file.ts'
import { nameMistakes } from './check-names.ts'
import { openScale } from '#agent/catalog/custom/custom-weight.ts'
import { conflictRings } from './conflict-rings.ts'
import { includeMistakes } from './include.ts'
import { orMistakes } from '#agent/catalog/yaml/mistake.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import { checkNeeds, conflictsOf } from '#agent/model/needs-of.ts'
import { countTokens } from '#agent/catalog/yaml/yaml-scan.ts'

/** Every known check by name, including those that others include. No check includes itself. */
export type Catalog = ReadonlyMap<string, Check>

export interface CatalogRead {
  /** The checks of the files without a mistake. */
  readonly catalog: Catalog
  /** All names, even of files with mistakes, and all aliases. */
  readonly known: KnownNames
  readonly mistakes: readonly Mistake[]
}

/** Builds the catalog from all files, and finds every mistake in them. */
export function readCatalog(texts: readonly CheckText[]): CatalogRead {
  const reads = readAll(texts)
  const checks = reads.flatMap(({ file, read }) => ('check' in read ? [{ file, check: read.check }] : []))
  const byName = new Map(checks.toReversed().map(({ check }) => [check.name, check]))
  const catalog = new Map([...byName].toSorted(([a], [b]) => a.localeCompare(b)))
  const names = [...new Set([...texts.map((text) => checkNameOf(text.file)), ...catalog.keys()])]
  const known = { names, aliases: aliasesOf(catalog) }
  const mistakes = [
    ...reads.flatMap(({ read }) => ('mistakes' in read ? read.mistakes : [])),
    ...nameMistakes(checks, known),
    ...includeMistakes(catalog),
    ...conflictRings(catalog),
  ]
  return { catalog, known, mistakes }
}

interface ReadFile {
  readonly file: string
  readonly read: CheckRead
}

/** Reads all files; custom checks only until they reach the limits. */
function readAll(texts: readonly CheckText[]): readonly ReadFile[] {
  const scale = openScale()
  let excess: string | null = null
  const readCustom = (text: CheckText): CheckRead => {
    excess ??= scale.file(countTokens(text.text))
    const read = excess === null ? readOnce(text) : null
    if (read !== null && 'check' in read) excess = scale.check(read.check, read.patterns)
    if (read !== null && excess === null) return read
    return { mistakes: [{ file: text.file, line: 1, path: '', message: `left out: ${excess}` }] }
  }
  const reads = texts.map((text) => ({
    file: text.file,
    read: text.rules.origin === 'custom' ? readCustom(text) : readOnce(text),
  }))
  const files = new Set(texts.map(({ file }) => file))
  for (const file of lastReads.keys()) if (!files.has(file)) lastReads.delete(file)
  return reads
}

/**
 * Does not read an unchanged file again: there is no memory for a second copy of a thousand checks that are in use, just
 * because a line of the config changed.
 */
function readOnce(written: CheckText): CheckRead {
  const sign = hash('sha256', JSON.stringify([written.value ?? written.text, written.rules]))
  const known = lastReads.get(written.file)
  if (known?.sign === sign) return known.read
  // Let go before the new one is read. Mistakes are not kept at all, since they hold the whole document.
  lastReads.delete(written.file)
  const read = orMistakes(written.file, () => readCheck(written))
  if ('check' in read) lastReads.set(written.file, { sign, read })
  return read
}

/** By file; holds only the files of the last reading, and of these the ones without a mistake. */
const lastReads = new Map<string, { readonly sign: string; readonly read: CheckRead }>()

/** The name of a check by its alias. */
export function aliasesOf(catalog: Catalog): KnownNames['aliases'] {
  return Object.fromEntries(
    [...catalog.values()].flatMap(({ name, aliases }) => aliases.map((alias) => [alias, name])),
  )
}

/** The named checks that there are, and all that they include, each once. */
export function closeOver(catalog: Catalog, names: Iterable<string>): Check[] {
  const includedBy = (name: string) => checkNeeds(catalog.get(name)?.needs ?? []).map(({ check }) => check)
  return [...closure(names, includedBy)].flatMap((name) => catalog.get(name) ?? [])
}

/** The checks to ask: the named ones, what they include, and what conflicts with them. */
export function checksToAsk(catalog: Catalog, names: Iterable<string>): Check[] {
  const checks = closeOver(catalog, names)
  const opponents = checks.flatMap(({ needs }) => conflictsOf(needs))
  return closeOver(catalog, [...checks.map(({ name }) => name), ...opponents])
}

/** The named checks that are `check` or include it. */
export function whichInclude(catalog: Catalog, names: readonly string[], check: string): readonly string[] {
  return names.filter((name) => closeOver(catalog, [name]).some((one) => one.name === check))
}
