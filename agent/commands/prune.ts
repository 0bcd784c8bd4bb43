import { Command } from 'commander'
import { findKubeConfig } from '../kube/find-kube-config.ts'
import { openClusterApi } from '../kube/open-cluster-api.ts'
import type { ClusterApi, Leavings } from '../model/cluster-api.ts'
import type { ApiAnswer } from '../model/node-api.ts'
import { ClusterError, UsageError } from './errors.ts'

interface PruneFlags {
  readonly force?: boolean
  readonly dryRun?: boolean
}

export function pruneCommand(): Command {
  return new Command('prune')
    .description(
      'Takes all that hostdeps put on Nodes (labels, annotation, conditions) off them, also off Nodes without an agent. With the rights of your kubeconfig: list nodes and daemonsets, patch nodes/status.',
    )
    .option('--force', 'also while a DaemonSet of hostdeps exists, whose agents put it back')
    .option('--dry-run', 'only say what would be taken off')
    .action(prune)
}

async function prune({ force = false, dryRun = false }: PruneFlags): Promise<void> {
  const kubeConfig = findKubeConfig()
  if (kubeConfig === null) throw new UsageError('no kubeconfig is found; set KUBECONFIG')
  const api = openClusterApi(kubeConfig)
  if (!force) await refuseWithAgents(api)
  const all = take(await api.leavings(), 'the Nodes cannot be listed')
  const some = all.filter((one) => countOf(one) > 0)
  const failed: string[] = []
  for (const leavings of some) {
    const answer = await api.clean(leavings, { dryRun })
    if (answer.ok) process.stdout.write(`${describe(leavings)}${dryRun ? ' would be' : ''} taken off\n`)
    else failed.push(`${leavings.node}: ${answer.message}`)
  }
  const clean = all.length - some.length
  process.stdout.write(
    `${some.length - failed.length} of ${all.length} Nodes pruned, ${clean} had nothing.\n`,
  )
  if (failed.length > 0) throw new ClusterError(`not pruned:\n${failed.join('\n')}`)
}

/** Agents would put back what is taken off. Not knowing whether there are any is as good as having some. */
async function refuseWithAgents(api: ClusterApi): Promise<void> {
  const agents = take(await api.agents(), 'whether agents run is not known (--force does not ask)')
  if (agents.length === 0) return
  throw new UsageError(
    `agents run as the DaemonSet ${agents.join(', ')}, and would put all of it back: delete it first, or say --force`,
  )
}

function take<T>(answer: ApiAnswer<T>, otherwise: string): T {
  if (answer.ok) return answer.value
  throw new ClusterError(`${otherwise}: ${answer.message}`)
}

function countOf({ labels, annotations, conditions }: Leavings): number {
  return labels.length + annotations.length + conditions.length
}

function describe({ node, labels, annotations, conditions }: Leavings): string {
  const many = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
  const parts = [
    many(labels.length, 'label'),
    many(conditions.length, 'condition'),
    many(annotations.length, 'annotation'),
  ]
  return `${node}: ${parts.join(', ')}`
}
