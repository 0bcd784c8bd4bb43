import { readConfig, readUsableConfig } from '#agent/catalog/config.ts'
import type { Config } from '#agent/catalog/config.ts'
import { checkNamePattern, namespaceName, objectName } from '#agent/model/names.ts'
import { configKey } from '#agent/node/suggest-api.ts'
import type { ConfigMapRef, ConfigMapText, PodSum, SuggestApi } from '#agent/node/suggest-api.ts'

/** As manifests/ name it. */
const usual: ConfigMapRef = { namespace: 'hostdeps', name: 'hostdeps' }

export interface FoundConfig {
  /** null where it cannot be read, or has mistakes. */
  readonly map: ConfigMapText | null
  /** What of it is valid. */
  readonly config: Config | null
  /** There is none: hostdeps is not installed, or elsewhere. */
  readonly isAbsent: boolean
  /** A line each; not harmless yet. */
  readonly troubles: readonly string[]
}

/** Reads the config of the agents that run in this namespace, or in any. */
export async function findConfig(
  api: SuggestApi,
  pods: PodSum | null,
  namespace: string | null,
): Promise<FoundConfig> {
  const found = configsIn(pods ?? (await podsNear(api, namespace)), namespace)
  const namespaces = [...new Set(found.map((one) => one.namespace))].toSorted()
  if (namespaces.length > 1) {
    const words = `pods in several namespaces are labelled as agents (${namespaces.slice(0, 5).join(', ')}); choose one with -n`
    return { map: null, config: null, isAbsent: false, troubles: [words] }
  }
  const ref = found[0] ?? { ...usual, namespace: namespace ?? usual.namespace }
  const answer = await api.configMap(ref)
  if (answer.ok) return readMap(answer.value)
  const isAbsent = answer.status === 404
  const words = isAbsent
    ? `there is no ConfigMap ${ref.name} in the namespace ${ref.namespace}: hostdeps is not installed, or -n is needed`
    : `the agents' configmap cannot be read, so no command can be made: ${answer.message}`
  return { map: null, config: null, isAbsent, troubles: [words] }
}

/** Who may not list the pods of all namespaces may still list those of the agents'. */
async function podsNear(api: SuggestApi, namespace: string | null): Promise<PodSum | null> {
  const answer = await api.pods(namespace ?? usual.namespace)
  return answer.ok ? answer.value : null
}

/** The ConfigMaps that agents mount as their config; first that of most agents: while they roll out there may be two. */
function configsIn(pods: PodSum | null, namespace: string | null): readonly ConfigMapRef[] {
  const found = [...(pods?.configs ?? [])].flatMap(([name, counts]) =>
    [...counts].map(([namespace, count]) => ({ namespace, name, count })),
  )
  return found
    .filter((one) => namespace === null || one.namespace === namespace)
    .filter((one) => objectName.test(one.name) && namespaceName.test(one.namespace))
    .toSorted((a, b) => b.count - a.count)
}

/** A config with mistakes is not set again with one line more. */
function readMap(map: ConfigMapText): FoundConfig {
  const text = map.text ?? ''
  const read = readConfig(configKey, text, null)
  const config = 'config' in read ? read.config : readUsableConfig(configKey, text, null)
  const strange = config.checks.filter((name) => !checkNamePattern.test(name))
  const checks = config.checks.filter((name) => checkNamePattern.test(name))
  const mistakes = [
    ...('mistakes' in read
      ? read.mistakes.map(({ line, path, message }) => `line ${line}: ${path} ${message}`)
      : []),
    ...strange.map((name) => `checks: ${name} is no name of a check`),
  ]
  const troubles = mistakes.map(
    (mistake) => `${configKey} of the ConfigMap ${map.name} of ${map.namespace} has a mistake: ${mistake}`,
  )
  return {
    map: mistakes.length > 0 ? null : map,
    config: { ...config, checks },
    isAbsent: false,
    troubles,
  }
}
