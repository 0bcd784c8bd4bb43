import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { nearNames } from '#agent/model/did-you-mean.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { Impersonated } from './connection.ts'
import { KubeConfigError, mergeKubeFiles, readKubeFile } from './kube-file.ts'
import type { KubeFile } from './kube-file.ts'
import { libraryConfig } from './library-config.ts'

const tokenFile = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** What the flags --kubeconfig and --context say; null where they are not given. */
export interface KubeChoice {
  readonly file: string | null
  readonly context: string | null
}

/** How an API server is reached. */
export interface KubeAccess {
  readonly config: KubeConfig
  /** The context's; null when it names none. */
  readonly namespace: string | null
  /** What the kubeconfig's user says of impersonation. */
  readonly as: Impersonated | null
}

/**
 * What kubectl would use: the file of the flag, else those of KUBECONFIG (missing ones are ignored), else ~/.kube/config, else the
 * service account of the pod. null when there is none. Throws a {@link KubeConfigError} for what is there and cannot be used.
 */
export function findKubeAccess(choice: KubeChoice = { file: null, context: null }): KubeAccess | null {
  const file = mergeKubeFiles(kubeFiles(choice))
  const isEmpty = file.clusters.length === 0 && file.contexts.length === 0
  if (isEmpty && choice.context === null && choice.file === null) return inCluster()
  const context = chooseContext(file, choice)
  const { cluster, user, namespace } = context
  const wanted = file.clusters.find(({ name }) => name === cluster)?.cluster
  if (!wanted?.['server'])
    throw new KubeConfigError(
      plainLine(`the context names the cluster "${String(cluster)}", of which no kubeconfig has a server`),
    )
  const { as, ['as-groups']: groups } = file.users.find(({ name }) => name === user)?.user ?? {}
  return {
    config: libraryConfig({ ...file, 'current-context': context.name }),
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : null,
    as:
      typeof as === 'string' && as !== ''
        ? { user: as, groups: Array.isArray(groups) ? groups.map(String) : [] }
        : null,
  }
}

/** For an agent, which has one way to its API server. */
export function findKubeConfig(): KubeConfig | null {
  return findKubeAccess()?.config ?? null
}

function kubeFiles({ file }: KubeChoice): readonly KubeFile[] {
  if (file !== null) {
    const read = readKubeFile(file)
    if (read === null) throw new KubeConfigError(`${plainLine(file)}: no such file`)
    return [read]
  }
  const listed = process.env['KUBECONFIG'] ?? ''
  const paths = listed === '' ? [join(homedir(), '.kube', 'config')] : listed.split(delimiter)
  return [...new Set(paths)].filter(Boolean).flatMap((path) => readKubeFile(path) ?? [])
}

function inCluster(): KubeAccess | null {
  if (!process.env['KUBERNETES_SERVICE_HOST'] || !existsSync(tokenFile)) return null
  const config = new KubeConfig()
  config.loadFromCluster()
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace?.trim()
  return { config, namespace: namespace || null, as: null }
}

function chooseContext(
  file: KubeFile,
  choice: KubeChoice,
): Record<string, unknown> & { readonly name: string } {
  const names = file.contexts.map(({ name }) => name)
  const name = choice.context ?? file['current-context']
  if (!name)
    throw new KubeConfigError(
      plainLine(`no current-context is set; choose one with --context: ${names.join(', ')}`),
    )
  const found = file.contexts.find((context) => context.name === name)
  if (found !== undefined) return { ...found.context, name }
  const near = nearNames(name, names)
  const hint = near.length === 0 ? '' : ` (did you mean ${near.join(' or ')}?)`
  throw new KubeConfigError(plainLine(`context "${name}" does not exist${hint}`))
}
