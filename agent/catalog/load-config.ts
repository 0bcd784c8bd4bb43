import type { KnownNames } from '#agent/model/did-you-mean.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import { orMistakes } from '#agent/catalog/yaml/mistake.ts'
import { readText } from '#agent/catalog/yaml/read-text.ts'
import type { Config } from './config.ts'
import { defaultConfig, readConfig, readUsableConfig } from './config.ts'

/** Reads the config alone, by whoever knows no checks, and loads no code that does; with mistakes as much of it as is valid. */
export function loadConfig(file: string | null): { config: Config; mistakes: readonly Mistake[] } {
  if (file === null) return { config: defaultConfig, mistakes: [] }
  const read = orMistakes(file, () => readConfig(file, readText(file), null))
  if ('config' in read) return { config: read.config, mistakes: [] }
  const text = orMistakes(file, () => readText(file))
  const config = typeof text === 'string' ? usableConfig(file, text, null) : defaultConfig
  return { config, mistakes: read.mistakes }
}

export function usableConfig(file: string, text: string, known: KnownNames | null): Config {
  const usable = orMistakes(file, () => readUsableConfig(file, text, known))
  return 'mistakes' in usable ? defaultConfig : usable
}

export function readConfigText(file: string | null, text: string | null, known: KnownNames | null) {
  if (file === null || text === null) return { config: defaultConfig }
  return orMistakes(file, () => readConfig(file, text, known))
}
