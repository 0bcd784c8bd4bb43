import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { mostCustomChecks } from '#agent/model/bounds.ts'
import type { Catalog } from './catalog.ts'
import { readCatalog } from './catalog.ts'
import { includersOf } from './include.ts'
import { checkNameOf } from './check-file.ts'
import type { CheckText } from './check-file.ts'
import type { Config } from './config.ts'
import { defaultConfig } from './config.ts'
import { readConfigText, usableConfig } from './load-config.ts'
import { readBuiltFile, readShippedFile, shippedPath } from '#agent/shipped/shipped-files.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import { Mistakes, orMistakes } from '#agent/catalog/yaml/mistake.ts'
import { readText, unreadable } from '#agent/catalog/yaml/read-text.ts'
import { isKnown, knownNames, reachableTexts } from './named-checks.ts'

/** The values of all shipped check files by file name, written by the build. */
export const valuesFile = 'values.json'

/** The folder of the shipped checks. */
const shippedFolder = 'checks'

export interface LoadOptions {
  /** The config file; null for the defaults. */
  readonly config: string | null
  /** A folder of custom checks; without it there are none. */
  readonly customChecks?: string | null
  readonly allowCommands: boolean
}

export interface Loaded {
  readonly config: Config
  readonly catalog: Catalog
  /** Changes when anything that was read changes. */
  readonly hash: string
}

/**
 * Reads config and checks from disk. Throws {@link Mistakes} with every mistake in all files. With `only`, the catalog may be
 * limited to those checks and the published ones, with all that they name.
 */
export function load(options: LoadOptions, only: readonly string[] | null = null): Loaded {
  const { config: file, customChecks = null, allowCommands } = options
  const custom = readCustomFolder(customChecks, customRules(allowCommands))
  const texts = [...readShipped(), ...custom.texts]
  const configText = file === null ? null : readText(file)
  const part =
    only === null || custom.mistakes.length > 0 ? null : loadPart(texts, { file, configText, only })
  if (part !== null) return part
  const read = readCatalog(texts)
  const config = readConfigText(file, configText, read.known)
  const mistakes = [...custom.mistakes, ...read.mistakes, ...('mistakes' in config ? config.mistakes : [])]
  if (mistakes.length > 0 || 'mistakes' in config) throw new Mistakes(mistakes)
  return { config: config.config, catalog: read.catalog, hash: hashOf([texts.map(contentOf), configText]) }
}

interface Part {
  readonly file: string | null
  readonly configText: string | null
  readonly only: readonly string[]
}

/** null when a file must be read first, or there is a mistake to report. */
function loadPart(texts: readonly CheckText[], { file, configText, only }: Part): Loaded | null {
  const known = texts.filter(isKnown)
  const names = knownNames(known)
  const config = readConfigText(file, configText, names)
  const isPossible = known.length === texts.length && only.every((name) => names.names.includes(name))
  if (!isPossible || 'mistakes' in config) return null
  const { catalog } = readCatalog(reachableTexts(known, [...only, ...config.config.checks]))
  return { config: config.config, catalog, hash: hashOf([texts.map(contentOf), configText]) }
}

/** The usable part of files with mistakes: the keys of the config and the custom checks that have none. */
export function loadUsable(options: LoadOptions): Loaded {
  const { config: file, customChecks = null } = options
  const custom = readCustomFolder(customChecks, customRules(options.allowCommands))
  const texts = withoutMistakes([...readShipped(), ...custom.texts])
  const { catalog, known } = readCatalog(texts)
  const text = file === null ? null : orMistakes(file, () => readText(file))
  const config = typeof text === 'string' && file !== null ? usableConfig(file, text, known) : defaultConfig
  return { config, catalog, hash: hashOf([texts.map(contentOf), text]) }
}

/** Leaves out checks with mistakes, and whatever includes them. */
function withoutMistakes(texts: readonly CheckText[]): readonly CheckText[] {
  const { catalog, mistakes } = readCatalog(texts)
  const bad = new Set(mistakes.map(({ file }) => file))
  if (bad.size === 0) return texts
  const names = texts.filter(({ file }) => bad.has(file)).map(({ file }) => checkNameOf(file))
  const left = includersOf(catalog, names)
  return withoutMistakes(texts.filter(({ file }) => !bad.has(file) && !left.has(checkNameOf(file))))
}

/** The shipped checks with the built-in config, for when nothing that people wrote is usable. */
export function loadShipped(): Loaded {
  return load({ config: null, allowCommands: false })
}

function contentOf(written: CheckText): unknown {
  return [written.file, written.rules, written.value ?? written.text]
}

function hashOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)
}

const shippedRules: CheckText['rules'] = { origin: 'shipped', allowCommands: true }

/** What is built has the parsed values beside the files: parsing YAML used to take most of the startup time. */
export function readShipped(): CheckText[] {
  const values = readBuiltFile(`${shippedFolder}/${valuesFile}`)
  if (values === null) return readFolder(shippedPath(shippedFolder), shippedRules)
  return Object.entries(JSON.parse(values) as Record<string, unknown>).map(([file, value]) => {
    const name = `${shippedFolder}/${file}`
    return {
      file: shippedPath(name),
      value,
      get text() {
        return readShippedFile(name)
      },
      rules: shippedRules,
    }
  })
}

export function readCustomFile(file: string, allowCommands: boolean): CheckText {
  return { file, text: readText(file), rules: customRules(allowCommands) }
}

function customRules(allowCommands: boolean): CheckText['rules'] {
  return { origin: 'custom', allowCommands }
}

function readFolder(folder: string, rules: CheckText['rules']): CheckText[] {
  return namesIn(folder).map((name) => ({
    file: join(folder, name),
    text: readText(join(folder, name)),
    rules,
  }))
}

/** Only names that end in .yaml or .yml count: a ConfigMap's folder also has entries that start with "..". */
function namesIn(folder: string): readonly string[] {
  return readdirOrMistake(folder)
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
    .toSorted()
}

interface CustomTexts {
  readonly texts: readonly CheckText[]
  readonly mistakes: readonly Mistake[]
}

/** Reads the readable files of custom checks; the first ones where there are too many. */
function readCustomFolder(folder: string | null, rules: CheckText['rules']): CustomTexts {
  if (folder === null) return { texts: [], mistakes: [] }
  const names = orMistakes(folder, () => namesIn(folder))
  if ('mistakes' in names) return { texts: [], mistakes: names.mistakes }
  const reads = names.slice(0, mostCustomChecks).map((name) => {
    const file = join(folder, name)
    return orMistakes(file, (): CheckText => ({ file, text: readText(file), rules }))
  })
  const message = `has ${names.length} custom checks; only the first ${mostCustomChecks} are read`
  const tooMany = names.length > mostCustomChecks ? [{ file: folder, line: 1, path: '', message }] : []
  return {
    texts: reads.filter((read) => 'text' in read),
    mistakes: [...tooMany, ...reads.flatMap((read) => ('mistakes' in read ? read.mistakes : []))],
  }
}

function readdirOrMistake(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw new Mistakes([unreadable(folder, error)])
  }
}
