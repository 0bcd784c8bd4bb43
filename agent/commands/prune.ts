import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import type { ClusterApi, LeftBehind } from '#agent/node/cluster-api.ts'
import { addClusterFlags } from '#agent/commands/wiring/cluster/cluster-flags.ts'
import type { ClusterFlags } from '#agent/commands/wiring/cluster/cluster-flags.ts'
import { ClusterError, UsageError } from '#agent/commands/wiring/errors.ts'
import { endOnInterrupt } from '#agent/commands/wiring/interrupt.ts'
import { take } from '#agent/commands/wiring/cluster/take.ts'
import { readTimeout } from '#agent/commands/wiring/timeout.ts'

interface PruneFlags extends ClusterFlags {
  readonly force?: boolean
  readonly dryRun?: boolean
  readonly timeout: number
}

/** Milliseconds. A pod of the manifests has 10 s to end. */
const usualTimeout = 60_000
const pollEach = 1_000

export function pruneCommand(): Command {
  const command = new Command('prune')
    .description(
      "Removes everything that hostdeps put on Nodes (labels, annotation, conditions), also from Nodes without an agent, and deletes its events. It uses your kubeconfig's rights: list nodes, daemonsets and pods, and patch nodes/status; for events, list and deletecollection.",
    )
    .option('--force', 'prune even while agents run, which put everything back')
    .option('--dry-run', 'only print what would be removed')
    .option('--timeout <time>', 'longest wait for agents to end', readTimeout, usualTimeout)
  return addClusterFlags(command).action(prune)
}

async function prune(flags: PruneFlags): Promise<void> {
  const { force = false, dryRun = false, timeout } = flags
  endOnInterrupt()
  const { connect } = await import('#agent/commands/wiring/cluster/connect.ts')
  const { openClusterApi } = await import('#agent/kube/open-cluster-api.ts')
  const api = openClusterApi(connect(flags).connection)
  if (!force) await untilNoAgents(api, timeout)
  const all = take(await api.leavings(), 'the Nodes could not be listed')
  const some = all.filter((one) => countOf(one) > 0)
  const failed: string[] = []
  for (const leavings of some) {
    const answer = await api.clean(leavings, { dryRun })
    if (answer.ok) process.stdout.write(`${describe(leavings)}${dryRun ? ' would be' : ''} removed\n`)
    else failed.push(`${leavings.node}: ${answer.message}`)
  }
  await forgetEvents(api, dryRun)
  const done = `${some.length - failed.length} of ${all.length} Nodes ${dryRun ? 'would be ' : ''}pruned`
  process.stdout.write(`${done}, ${all.length - some.length} had nothing.\n`)
  if (failed.length > 0) throw new ClusterError(`not pruned:\n${failed.join('\n')}`)
}

/**
 * Waits until no agent is left, since agents would put everything back, even while they are ending. If it is unknown whether
 * there are any, it fails as if there were.
 */
async function untilNoAgents(api: ClusterApi, timeout: number): Promise<void> {
  const end = performance.now() + timeout
  for (let isFirst = true; ; isFirst = false) {
    const { daemonSets, pods } = take(
      await api.agents(),
      'could not find out whether agents run (--force skips this)',
    )
    if (daemonSets.length > 0)
      throw new UsageError(
        `agents run as the DaemonSet ${daemonSets.join(', ')} and would put everything back: delete it first, or use --force`,
      )
    if (pods.length === 0) return
    if (performance.now() > end)
      throw new ClusterError(
        `agents have not ended and would put everything back: ${listed(pods)}; try again when they are gone, or use --force`,
      )
    if (isFirst) process.stdout.write(`waiting for ${many(pods.length, 'agent')} to end\n`)
    await sleep(pollEach)
  }
}

/** Events expire in an hour anyway, so whoever may not delete them can still prune. */
async function forgetEvents(api: ClusterApi, dryRun: boolean): Promise<void> {
  const answer = await api.forgetEvents({ dryRun })
  if (!answer.ok)
    process.stderr.write(`events could not be deleted and will expire by themselves: ${answer.message}\n`)
  else if (answer.value > 0)
    process.stdout.write(`${many(answer.value, 'event')}${dryRun ? ' would be' : ''} deleted\n`)
}

function countOf({ labels, annotations, conditions }: LeftBehind): number {
  return labels.length + annotations.length + conditions.length
}

function describe({ node, labels, annotations, conditions }: LeftBehind): string {
  const parts = [
    many(labels.length, 'label'),
    many(conditions.length, 'condition'),
    many(annotations.length, 'annotation'),
  ]
  return `${node}: ${parts.join(', ')}`
}

function many(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

function listed(names: readonly string[]): string {
  const more = names.length - 5
  return more > 0 ? `${names.slice(0, 5).join(', ')} and ${more} more` : names.join(', ')
}
