import { Command } from 'commander'
import { findKubeAccess } from '#agent/kube/access/find-kube-config.ts'
import { openClusterApi } from '#agent/kube/open-cluster-api.ts'
import { addClusterFlags, addNamespaceFlags } from '#agent/commands/wiring/cluster/cluster-flags.ts'
import type { ClusterFlags, NamespaceFlags } from '#agent/commands/wiring/cluster/cluster-flags.ts'
import type { Kind } from './completed-kinds.ts'
import { connect, namespaceOf } from '#agent/commands/wiring/cluster/connect.ts'

/** Milliseconds: whoever waits for a completion waits at the keyboard. */
const deadline = 3_000

/** The names of a kind in the cluster that the words so far choose. */
export async function clusterNames(kind: Kind, words: readonly string[]): Promise<readonly string[]> {
  const flags = readFlags(words)
  if (kind === 'contexts')
    return (
      findKubeAccess({ file: flags.kubeconfig ?? null, context: null })
        ?.config.getContexts()
        .map(({ name }) => name) ?? []
    )
  const connected = connect({ ...flags, requestTimeout: deadline })
  const api = openClusterApi(connected.connection)
  const answer = await (kind === 'nodes'
    ? api.names('/api/v1/nodes')
    : kind === 'namespaces'
      ? api.names('/api/v1/namespaces')
      : api.names(podsPath(namespaceOf(flags, connected))))
  return answer.ok ? answer.value : []
}

function podsPath(namespace: string | null): string {
  return namespace === null ? '/api/v1/pods' : `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
}

/** Of an unfinished line, as much as can be read. */
function readFlags(words: readonly string[]): ClusterFlags & NamespaceFlags {
  const command = addNamespaceFlags(addClusterFlags(new Command()))
  command
    .exitOverride()
    .allowUnknownOption()
    .allowExcessArguments()
    .configureOutput({ writeErr: () => undefined })
  command.parse(words, { from: 'user' })
  return command.opts()
}
