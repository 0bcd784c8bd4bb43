import { shellWord } from '#agent/fixes/shell-word.ts'
import { namespaceName, objectName } from '#agent/model/names.ts'
import { configKey } from '#agent/node/suggest-api.ts'
import type { ConfigMapText } from '#agent/node/suggest-api.ts'

/** Characters of a config: those that the gate reads. The command is then shorter than the longest word that a program gets. */
export const longestConfig = 16_384

/**
 * The kubectl command that gives the agents' ConfigMap another config, for any shell. It fails when somebody has changed the
 * ConfigMap meanwhile. null where a name is none, or the text is too long.
 */
export function patchCommand(
  { namespace, name, text, resourceVersion }: ConfigMapText,
  flags: readonly string[],
): string | null {
  if (!namespaceName.test(namespace) || !objectName.test(name)) return null
  if (text === null || text.length > longestConfig) return null
  const metadata = /^[\w-]{1,64}$/.test(resourceVersion) ? { metadata: { resourceVersion } } : {}
  const patch = plainJson({ ...metadata, data: { [configKey]: text } })
  const options = flags.map(shellWord).join(' ')
  return `kubectl ${options === '' ? '' : `${options} `}-n ${namespace} patch configmap ${name} --type merge -p '${patch}'`
}

/** JSON of printable ASCII without what any shell reads within single quotes: ' and, in csh and fish, ! and \ of its own. */
function plainJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /\\\\|[^\x20-\x7e]|['!]/g,
    (found) => `\\u${(found === '\\\\' ? '\\' : found).charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
