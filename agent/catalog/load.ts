import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Catalog, CheckText } from './catalog.ts'
import { readCatalog } from './catalog.ts'
import type { Config } from './config.ts'
import { defaultConfig, readConfig } from './config.ts'
import type { Mistake } from './mistake.ts'
import { Mistakes } from './mistake.ts'

/** The folder of the shipped checks; the bundle has them beside it. */
const shippedFolder = join(import.meta.dirname, '../../checks')

export interface LoadOptions {
  /** The config file; null for the defaults. */
  readonly config: string | null
  /** A folder of users' own checks; null for none. */
  readonly ownChecks: string | null
  readonly allowCommands: boolean
}

export interface Loaded {
  readonly config: Config
  readonly catalog: Catalog
  /** Changes when anything that was read does. */
  readonly hash: string
}

/** Reads config and checks from disk. Throws {@link Mistakes} with all that is wrong in all files. */
export function load(options: LoadOptions): Loaded {
  const texts = [
    ...readShipped(),
    ...(options.ownChecks === null ? [] : readFolder(options.ownChecks, ownRules(options.allowCommands))),
  ]
  const read = readCatalog(texts)
  const configText = options.config === null ? null : readText(options.config)
  const config = readConfigText(options.config, configText, read.names)
  const mistakes = [...read.mistakes, ...('mistakes' in config ? config.mistakes : [])]
  if (mistakes.length > 0 || 'mistakes' in config) throw new Mistakes(mistakes)
  const hash = createHash('sha256')
    .update(JSON.stringify([texts, configText]))
    .digest('hex')
    .slice(0, 16)
  return { config: config.config, catalog: read.catalog, hash }
}

export function readShipped(): CheckText[] {
  return readFolder(shippedFolder, { origin: 'shipped', allowCommands: true })
}

export function readOwn(file: string, allowCommands: boolean): CheckText {
  return { file, text: readText(file), rules: ownRules(allowCommands) }
}

function ownRules(allowCommands: boolean): CheckText['rules'] {
  return { origin: 'own', allowCommands }
}

/** Reads the config alone, by who knows no checks. Throws {@link Mistakes}. */
export function loadConfig(file: string | null): Config {
  const read = readConfigText(file, file === null ? null : readText(file), null)
  if ('mistakes' in read) throw new Mistakes(read.mistakes)
  return read.config
}

function readConfigText(file: string | null, text: string | null, known: readonly string[] | null) {
  return file === null || text === null ? { config: defaultConfig } : readConfig(file, text, known)
}

/** A ConfigMap's folder holds links and names that start with "..": only *.yaml files count. */
function readFolder(folder: string, rules: CheckText['rules']): CheckText[] {
  const names = readdirOrMistake(folder).filter((name) => /^[^.].*\.ya?ml$/.test(name))
  return names
    .toSorted()
    .map((name) => ({ file: join(folder, name), text: readText(join(folder, name)), rules }))
}

function readdirOrMistake(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw new Mistakes([unreadable(folder, error)])
  }
}

/** Bytes; a ConfigMap holds 1 MiB at most. */
const largest = 1024 * 1024

function readText(file: string): string {
  try {
    const stat = statSync(file)
    if (!stat.isFile()) throw new Error('it is not a regular file')
    if (stat.size > largest) throw new Error(`it is larger than ${largest} bytes`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Mistakes([unreadable(file, error)])
  }
}

function unreadable(file: string, error: unknown): Mistake {
  const message = error instanceof Error ? error.message : String(error)
  return { file, line: 1, path: '', message: `cannot be read: ${message}` }
}
