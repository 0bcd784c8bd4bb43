import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'

const tokenFile = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** The service account in a pod, otherwise KUBECONFIG or ~/.kube/config; null when there is none. */
export function findKubeConfig(): KubeConfig | null {
  const files = process.env['KUBECONFIG'] ?? join(homedir(), '.kube', 'config')
  const isThere = existsSync(tokenFile) || files.split(':').some((file) => existsSync(file))
  if (!isThere) return null
  const config = new KubeConfig()
  config.loadFromDefault()
  return config.getCurrentCluster() === null ? null : config
}
