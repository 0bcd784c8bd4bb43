import { Option } from 'commander'
import type { Command } from 'commander'
import type { Connection } from '#agent/kube/connection.ts'
import { findKubeAccess } from '#agent/kube/find-kube-config.ts'
import { UsageError } from './errors.ts'
import { readTimeout } from './timeout.ts'

/** The flags of every command that asks an API server, as kubectl has them. */
export interface ClusterFlags {
  readonly kubeconfig?: string
  readonly context?: string
  /** Milliseconds; 0 for no limit. */
  readonly requestTimeout: number
  readonly as?: string
  readonly asGroup: readonly string[]
}

/** The flags of commands that are about what is in namespaces. */
export interface NamespaceFlags {
  readonly namespace?: string
  readonly allNamespaces?: boolean
}

/** Milliseconds: long enough for 500 objects over a slow line. */
const usualDeadline = 30_000

export function addClusterFlags(command: Command): Command {
  return command
    .option(
      '--kubeconfig <file>',
      "the kubeconfig to use (default: KUBECONFIG, ~/.kube/config, the pod's own)",
    )
    .option('--context <name>', 'the context of the kubeconfig to use')
    .addOption(
      new Option('--request-timeout <time>', 'longest wait for one answer of the API server; 0 for no limit')
        .argParser(readTimeout)
        .default(usualDeadline, '30s'),
    )
    .option('--as <user>', 'whose rights to use, by impersonation')
    .addOption(
      new Option('--as-group <group>', 'a group to impersonate; may be repeated')
        .argParser((group: string, groups: readonly string[]) => [...groups, group])
        .default([], 'none'),
    )
}

export function addNamespaceFlags(command: Command): Command {
  return command
    .option('-n, --namespace <name>', 'the namespace (default: that of the context)')
    .option('-A, --all-namespaces', 'all namespaces')
}

export function selectorOption(): Option {
  return new Option('-l, --selector <labels>', 'only objects with these labels, as kubectl reads it')
}

export interface Connected {
  readonly connection: Connection
  /** The context's; "default" when it names none. */
  readonly namespace: string
}

/** Finds the API server that the flags name, and asks nothing yet. */
export function connect(flags: ClusterFlags): Connected {
  const { kubeconfig = null, context = null, requestTimeout, as, asGroup } = flags
  if (as === undefined && asGroup.length > 0) throw new UsageError('--as-group needs --as')
  const found = findKubeAccess({ file: kubeconfig, context })
  if (found === null) throw new UsageError('no kubeconfig was found: set KUBECONFIG, or use --kubeconfig')
  const deadline = requestTimeout === 0 ? null : requestTimeout
  const impersonated = as === undefined ? found.as : { user: as, groups: asGroup }
  return {
    connection: { config: found.config, deadline, as: impersonated },
    namespace: found.namespace ?? 'default',
  }
}

/** The namespace that the flags choose; null for all. */
export function namespaceOf(
  { namespace, allNamespaces }: NamespaceFlags,
  { namespace: own }: Connected,
): string | null {
  if (allNamespaces && namespace !== undefined) throw new UsageError('use -n or -A, not both')
  return allNamespaces ? null : (namespace ?? own)
}
