import { Option } from 'commander'
import type { Command } from 'commander'
import { readTimeout } from '#agent/commands/wiring/timeout.ts'

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
