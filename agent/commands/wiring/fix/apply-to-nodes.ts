import { hash, randomUUID } from 'node:crypto'
import pLimit from 'p-limit'
import type { Catalog } from '#agent/catalog/catalog.ts'
import { fixJob } from '#agent/cluster/fix/job.ts'
import type { NodePlan } from '#agent/cluster/fix/plan-fixes.ts'
import { fixScript } from '#agent/fixes/script/fix-script.ts'
import { groupHosts, partOfGroup } from '#agent/fixes/script/script-parts.ts'
import { openClusterApi } from '#agent/kube/open-cluster-api.ts'
import { openJobApi } from '#agent/kube/open-job-api.ts'
import { openPodApi } from '#agent/kube/open-pod-api.ts'
import { longestScript } from '#agent/model/bounds.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { AgentImage } from '#agent/node/job-api.ts'
import { confirm } from '#agent/commands/wiring/confirm.ts'
import type { Connected } from '#agent/commands/wiring/cluster/connect.ts'
import { take } from '#agent/commands/wiring/cluster/take.ts'
import { ClusterError } from '#agent/commands/wiring/errors.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { endOnInterrupt } from '#agent/commands/wiring/interrupt.ts'
import manifest from '../../../../package.json' with { type: 'json' }
import type { FixFlags } from './fix-flags.ts'
import type { FixApis } from './follow-job.ts'
import { runFixJob } from './run-fix-job.ts'
import type { FixOutcome, NodeFix } from './run-fix-job.ts'
import { say } from './say.ts'

export interface ApplyPlace {
  readonly connected: Connected
  readonly catalog: Catalog
}

/** What is run on a Node, before it is a Job. */
interface Work extends Omit<NodeFix, 'body'> {
  readonly script: string
}

/** Shows each script with its hash, asks, and runs it: on one Node first, then on the others, until one fails. */
export async function applyToNodes(
  plans: readonly NodePlan[],
  flags: FixFlags,
  { connected: { connection }, catalog }: ApplyPlace,
): Promise<void> {
  const { yes = false, parallel, namespace, timeout } = flags
  const apis: FixApis = {
    jobs: openJobApi(connection),
    pods: openPodApi(connection),
    cluster: openClusterApi(connection),
  }
  for (const { node } of plans.filter(({ isReady }) => isReady)) tell(node, 'is ready; nothing is done')
  const works = worksOf(plans, flags)
  const [first, ...others] = works
  if (first === undefined) return conclude(plans, new Map())
  const image = await imageOf(apis, flags)
  const call = randomUUID()
  const bodyOf = (work: Work) => makeBody(work, { image, catalog, flags, call })
  show(works)
  await tryIt(apis, namespace, bodyOf(first))
  if (!yes && !(await confirm(questionFor(works)))) return say('Nothing was run')
  endOnInterrupt(`what began goes on: see the Jobs in the namespace ${namespace}, and call again`)
  const outcomes = new Map<string, FixOutcome>()
  const run = async (work: Work) => {
    if ([...outcomes.values()].some(({ isReady }) => !isReady)) return
    const fix = { node: work.node, checks: work.checks, body: bodyOf(work) }
    const options = { namespace, call, timeout, tell: (line: string) => tell(work.node, line) }
    outcomes.set(work.node, await runFixJob(apis, fix, options))
  }
  await run(first)
  await pLimit(parallel).map(others, run)
  conclude(plans, outcomes)
}

function questionFor(works: readonly Work[]): string {
  const [first] = works
  return works.length === 1
    ? `Run this on ${first?.node}?`
    : `Run this on ${nodesOf(works.length)}, on ${first?.node} first?`
}

/** Nodes that need the same commands share a script, so that it is shown once. */
function worksOf(plans: readonly NodePlan[], { repair = false }: FixFlags): readonly Work[] {
  return groupHosts(plans.flatMap(({ host }) => host ?? [])).flatMap((group) => {
    const script = fixScript(partOfGroup(group), { version: manifest.version, repair })
    if (Buffer.byteLength(script) > longestScript)
      throw new ClusterError(
        `the script for ${group[0]?.name} is longer than ${longestScript} bytes: name fewer checks by --check`,
      )
    return group.map(({ name, lacking }) => ({
      node: name,
      script,
      checks: lacking.map(({ check }) => check),
    }))
  })
}

async function imageOf(apis: FixApis, { image, namespace }: FixFlags): Promise<AgentImage> {
  const found = await apis.jobs.agentImage(namespace)
  if (image !== undefined) return { image, pullSecrets: found.ok ? found.value.pullSecrets : [] }
  return take(
    found,
    `the agents' image in the namespace ${namespace} is not known (-n names another, --image the image)`,
  )
}

interface Making {
  readonly image: AgentImage
  readonly catalog: Catalog
  readonly flags: FixFlags
  readonly call: string
}

function makeBody({ node, script, checks }: Work, { image, catalog, flags, call }: Making): object {
  const hasCustom = checks.some((name) => catalog.get(name)?.origin === 'custom')
  const deadline = Math.ceil(flags.timeout / 1000)
  return fixJob({ node, namespace: flags.namespace, script, checks, hasCustom, ...image, call, deadline })
}

/** Who may not do what it takes hears so before anything is asked or done. */
async function tryIt({ jobs, pods }: FixApis, namespace: string, body: object): Promise<void> {
  const tried = await jobs.createJob(namespace, body, { dryRun: true })
  // One that is there is dealt with later.
  if (tried.ok || tried.status !== 409) take(tried)
  const there = await jobs.job(namespace, 'hostdeps-fix')
  if (there.ok || there.status !== 404) take(there)
  take(await pods.pods({ namespace, labels: 'app.kubernetes.io/name=hostdeps-fix' }))
}

/** Names of Nodes in a line; there may be thousands. */
const mostNamed = 20

function show(works: readonly Work[]): void {
  for (const [script, group] of Map.groupBy(works, (work) => work.script)) {
    const names = group.slice(0, mostNamed).map(({ node }) => node)
    const rest = group.length - names.length
    const all = rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ')
    process.stdout.write(`# For ${plainLine(all)}, SHA-256 ${hash('sha256', script)}:\n${script}\n`)
  }
}

function conclude(plans: readonly NodePlan[], outcomes: ReadonlyMap<string, FixOutcome>): void {
  const isDone = ({ node, isReady, left }: NodePlan) =>
    (outcomes.get(node)?.isReady ?? isReady) && left.length === 0
  const open = plans.filter((plan) => !isDone(plan))
  say(`${plans.length - open.length} of ${nodesOf(plans.length)} ready`)
  const reboots = plans.filter(
    ({ node, host, wantsReboot }) => wantsReboot && (host === null || outcomes.has(node)),
  )
  if (reboots.length > 0) say(`what was done counts only after a reboot: ${namesOf(reboots)}`)
  const untouched = open.filter(({ node, host }) => host !== null && !outcomes.has(node))
  if (untouched.length > 0) say(`not begun: ${namesOf(untouched)}; the same call goes on with them`)
  const refused = [...outcomes.values()].flatMap(({ refused }) => refused ?? [])
  if (refused.length > 0) throw new ClusterError([...new Set(refused)].join('\n'))
  if (open.length > 0) process.exitCode = exitCodes.missing
}

function namesOf(plans: readonly NodePlan[]): string {
  const rest = plans.length - mostNamed
  const names = plans.slice(0, mostNamed).map(({ node }) => node)
  return rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ')
}

function tell(node: string, line: string): void {
  process.stdout.write(`${plainLine(`${node}: ${line}`)}\n`)
}

function nodesOf(count: number): string {
  return `${count} Node${count === 1 ? '' : 's'}`
}
