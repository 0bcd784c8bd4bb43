import type { DryRun, Outcome } from '#agent/cluster/restart/outcome.ts'
import { outcomeLine, renderRestartJson } from '#agent/cluster/restart/render-outcome.ts'
import { renderPlan } from '#agent/cluster/restart/render-plan.ts'
import { ClusterError } from '#agent/commands/wiring/errors.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { withProgress } from '#agent/commands/wiring/progress.ts'
import { confirm } from '#agent/commands/wiring/confirm.ts'
import { deletePods } from './delete-pods.ts'
import { planRestarts } from './plan-restarts.ts'
import type { Apis } from '#agent/commands/wiring/cluster/open-apis.ts'
import type { RestartsWanted } from './plan-restarts.ts'
import { waitForPods } from './wait-for-pods.ts'

export interface RestartOptions extends RestartsWanted {
  readonly output: 'text' | 'json'
  readonly dryRun: DryRun
  /** Without asking. */
  readonly yes: boolean
  /** Longest wait for the replacements, in milliseconds; null for none. */
  readonly wait: number | null
}

/** Deletes the pods that failed for want of what their node has by now, when whoever calls agrees. */
export async function restartPods(apis: Apis, options: RestartOptions): Promise<void> {
  const { output, dryRun, yes, wait, labels } = options
  const { plan, before } = await withProgress('looking at pods, nodes and logs', planRestarts(apis, options))
  const count = plan.restarts.length
  const isAsked = count > 0 && dryRun === 'none' && !yes
  // What is asked about is shown to whoever answers; data for programs come once, at the end.
  if (output === 'text') process.stdout.write(renderPlan(plan))
  else if (isAsked) process.stderr.write(renderPlan(plan))
  if (count === 0) process.stderr.write('No pod to restart\n')
  const say = (line: string) => void (output === 'text' ? process.stdout : process.stderr).write(`${line}\n`)
  const isAgreed = !isAsked || (await confirm(`Delete ${podsOf(count)}?`))
  const outcomes = isAgreed
    ? await deletePods(apis.pods, plan.restarts, { dryRun, tell: (one) => say(outcomeLine(one, dryRun)) })
    : plan.restarts.map((restart): Outcome => ({ restart, did: 'not confirmed', message: null }))
  if (!isAgreed) process.stderr.write('No pod was deleted\n')
  const deleted = outcomes.flatMap(({ restart, did }) => (did === 'deleted' ? [restart.pod] : []))
  const tell = (line: string) => say(`${new Date().toISOString()} ${line}`)
  const ready =
    wait === null || deleted.length === 0
      ? null
      : await waitForPods(apis.pods, { deleted, before, labels, timeout: wait, tell })
  if (output === 'json') process.stdout.write(renderRestartJson(plan, outcomes, { dryRun, ready }))
  conclude(outcomes, ready)
}

function conclude(outcomes: readonly Outcome[], ready: boolean | null): void {
  if (ready === false) {
    process.stderr.write('the pods were not Ready in time; "hostdeps why" says why\n')
    process.exitCode = exitCodes.missing
  }
  const refused = outcomes.filter(({ did }) => did === 'refused')
  const unique = [...new Set(refused.flatMap(({ message }) => message ?? []))]
  const rest = unique.length - mostRefusals
  const more = rest > 0 ? [`and ${rest} more`] : []
  if (refused.length > 0) throw new ClusterError([...unique.slice(0, mostRefusals), ...more].join('\n'))
}

const mostRefusals = 20

function podsOf(count: number): string {
  return `${count} pod${count === 1 ? '' : 's'}`
}
