import { hash } from 'node:crypto'
import pLimit from 'p-limit'
import type { Catalog } from '#agent/catalog/catalog.ts'
import { longestScript } from '#agent/cluster/fix/fix-pod.ts'
import { fixJob } from '#agent/cluster/fix/job.ts'
import type { NodePlan } from '#agent/cluster/fix/plan-fixes.ts'
import { fixScript } from '#agent/fixes/script/fix-script.ts'
import { scriptParts, stepsOfHost } from '#agent/fixes/script/script-parts.ts'
import type { HostToFix } from '#agent/fixes/script/script-parts.ts'
import { openClusterApi } from '#agent/kube/open-cluster-api.ts'
import { openJobApi } from '#agent/kube/open-job-api.ts'
import { openPodApi } from '#agent/kube/open-pod-api.ts'
import type { AgentImage } from '#agent/node/job-api.ts'
import { plainLine } from '#agent/model/plain.ts'
import { confirm } from '#agent/commands/wiring/confirm.ts'
import type { Connected } from '#agent/commands/wiring/cluster/connect.ts'
import { take } from '#agent/commands/wiring/cluster/take.ts'
import { ClusterError } from '#agent/commands/wiring/errors.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import manifest from '../../../../package.json' with { type: 'json' }
import type { FixFlags } from './fix-flags.ts'
import { runFixJob } from './run-fix-job.ts'
import type { FixApis, NodeFix } from './run-fix-job.ts'

/** What a Job of a node is made of. */
interface Work extends NodeFix {
  readonly checks: readonly string[]
}

export interface ApplyPlace {
  readonly connected: Connected
  readonly catalog: Catalog
}

/** Shows each script with its hash, asks, and runs it: on one Node first, then on the others, until one fails. */
export async function applyToNodes(
  plans: readonly NodePlan[],
  flags: FixFlags,
  { connected: { connection }, catalog }: ApplyPlace,
): Promise<void> {
  const { yes = false, parallel, namespace } = flags
  const apis: FixApis = {
    jobs: openJobApi(connection),
    pods: openPodApi(connection),
    cluster: openClusterApi(connection),
  }
  const works = worksOf(plans, flags)
  for (const { node } of plans.filter(({ isReady }) => isReady)) tell(node, 'is ready; nothing is done')
  if (works.length === 0) return conclude(plans, new Map())
  const image = await imageOf(apis, flags)
  const all = works.map((work) => ({ ...work, body: bodyOf(work, { image, catalog, flags }) }))
  show(all)
  // Who may not create it hears so before anything is asked; one that is there is dealt with later.
  const [first, ...others] = all
  if (first !== undefined) await tryToCreate(apis, namespace, first.body)
  if (!yes && !(await confirm(`Run this on ${nodesOf(all.length)}, on ${first?.node} first?`)))
    return void process.stderr.write('Nothing was run\n')
  const results = new Map<string, boolean>()
  let isStopped = false
  const run = async (work: (typeof all)[number]) => {
    if (isStopped) return
    const isReady = await runFixJob(apis, work, {
      namespace,
      timeout: flags.timeout,
      tell: (line) => tell(work.node, line),
    })
    results.set(work.node, isReady)
    isStopped ||= !isReady
  }
  if (first !== undefined) await run(first)
  await pLimit(parallel).map(others, run)
  conclude(plans, results)
}

async function tryToCreate({ jobs }: FixApis, namespace: string, body: object): Promise<void> {
  const tried = await jobs.createJob(namespace, body, { dryRun: true })
  if (tried.ok || tried.status !== 409) take(tried)
}

/** Nodes that need the same commands share a script, so that it is shown once. */
function worksOf(plans: readonly NodePlan[], { repair = false }: FixFlags): readonly Omit<Work, 'body'>[] {
  const hosts = plans.flatMap(({ host }) => host ?? [])
  const alike = Map.groupBy(hosts, (host) =>
    JSON.stringify([host.facts.distro.id, host.facts.installer, stepsOfHost(host)]),
  )
  return [...alike.values()].flatMap((group) => {
    const script = fixScript(scriptParts(group), { version: manifest.version, repair })
    if (Buffer.byteLength(script) > longestScript)
      throw new ClusterError(
        `the script for ${group[0]?.name} is longer than ${longestScript} bytes: name fewer checks by --check`,
      )
    return group.map((host: HostToFix) => ({
      node: host.name,
      script,
      checks: host.lacking.map(({ check }) => check),
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
}

function bodyOf({ node, script, checks }: Omit<Work, 'body'>, { image, catalog, flags }: Making): object {
  const hasCustom = checks.some((name) => catalog.get(name)?.origin === 'custom')
  const deadline = Math.ceil(flags.timeout / 1000)
  return fixJob({ node, namespace: flags.namespace, script, checks, hasCustom, ...image, deadline })
}

function show(works: readonly Omit<Work, 'body'>[]): void {
  for (const [script, group] of Map.groupBy(works, (work) => work.script)) {
    const names = group.map(({ node }) => node).join(', ')
    process.stdout.write(`# For ${plainLine(names)}, SHA-256 ${hash('sha256', script)}:\n${script}\n`)
  }
}

function conclude(plans: readonly NodePlan[], results: ReadonlyMap<string, boolean>): void {
  const isReady = ({ node, isReady, left }: NodePlan) => (results.get(node) ?? isReady) && left.length === 0
  const left = plans.filter((plan) => !isReady(plan))
  process.stderr.write(`${plans.length - left.length} of ${nodesOf(plans.length)} ready\n`)
  if (left.length === 0) return
  const untouched = left.filter(({ node, host }) => host !== null && !results.has(node))
  if (untouched.length > 0)
    process.stderr.write(
      `not begun: ${plainLine(untouched.map(({ node }) => node).join(', '))}; the same call goes on with them\n`,
    )
  process.exitCode = exitCodes.missing
}

function tell(node: string, line: string): void {
  process.stdout.write(`${plainLine(`${node}: ${line}`)}\n`)
}

function nodesOf(count: number): string {
  return `${count} Node${count === 1 ? '' : 's'}`
}
