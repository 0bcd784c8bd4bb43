import { KubeConfig } from '@kubernetes/client-node'
import type { KubeFile } from './kube-file.ts'

type Values = Record<string, unknown> | null | undefined

/** A kubeconfig for the library, in its words where these differ from kubectl's. */
export function libraryConfig(file: KubeFile): KubeConfig {
  const config = new KubeConfig()
  const translated = {
    ...file,
    clusters: file.clusters.map(({ name, cluster }) => ({ name, cluster: clusterOf(cluster) })),
    users: file.users.map(({ name, user }) => ({ name, user: userOf(user) })),
  }
  config.loadFromString(JSON.stringify(translated), { onInvalidEntry: 'filter' })
  return config
}

/** The library refuses plain HTTP, as of `kubectl proxy`, unless TLS need not be verified; there is none to verify. */
function clusterOf(cluster: Values): Values {
  if (String(cluster?.['server']).startsWith('http:')) return { ...cluster, 'insecure-skip-tls-verify': true }
  return cluster
}

/** The library knows no `tokenFile`, and does not tell credential plugins what they may ask. */
function userOf(user: Values): Values {
  const { tokenFile, exec, ...others } = user ?? {}
  // The connection impersonates, with the groups that the library does not know.
  delete others['as']
  return {
    ...others,
    ...(typeof tokenFile === 'string' && { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } }),
    ...(typeof exec === 'object' && exec !== null && { exec: withExecInfo(exec) }),
  }
}

/** https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
function withExecInfo(exec: object): object {
  const { apiVersion, env } = exec as { apiVersion?: unknown; env?: unknown }
  const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } }
  const own = { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }
  return { ...exec, env: [...(Array.isArray(env) ? env : []), own] }
}
