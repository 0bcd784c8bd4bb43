import { isDeepStrictEqual } from 'node:util'
import { readConfig } from '#agent/catalog/config.ts'
import { addChecks } from '#agent/cluster/suggest/config-text.ts'
import { configKey } from '#agent/node/suggest-api.ts'

/** The text of a valid config with more checks; null where the result is not that config with these checks. */
export function configWith(text: string, added: readonly string[], checks: readonly string[]): string | null {
  const before = readConfig(configKey, text, null)
  if ('mistakes' in before) return null
  const changed = addChecks(text, added, checks)
  const after = readConfig(configKey, changed, null)
  const isIt = 'config' in after && isDeepStrictEqual(after.config, { ...before.config, checks })
  return isIt ? changed : null
}
