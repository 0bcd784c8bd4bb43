import { startRealCluster } from '../../cluster/nodes/real-cluster.ts'
import type { RealCluster } from '../../cluster/nodes/real-cluster.ts'
import { until } from '../../cluster/plane/test-node.ts'
import { busybox, cases, configMap, restartsBefore } from './cases.ts'
import { applyAll, casePods } from './case-pods.ts'
import type { CasePod } from './case-pods.ts'
import { isAsItShould, writeTable } from './table.ts'
import type { Column, Outcome } from './table.ts'
import { dryRun, toolsWith } from './tools.ts'
import type { Access, Said, Tool } from './tools.ts'

/** Writes RESTARTS.md; the number of cases in which hostdeps is wrong, or one more when its dry run was. */
export async function compareRestarts(descheduler: string): Promise<number> {
  const tools = toolsWith(descheduler)
  const on = await startRealCluster()
  try {
    await on.install()
    await makeCrashLoops(on, tools)
    await fixHost(on)
    await makeReady(on)
    const before = await casePods(on)
    const access = { kubeConfig: on.cluster.kubeConfig(on.cluster.admin.token), folder: on.cluster.folder }
    const foretold = await dryRun(access)
    const did = await runAll(tools, access)
    const after = await settledPods(on, before)
    const columns = did.map((ran) => columnOf(ran, before, after))
    writeTable(columns)
    return wrongOf(columns) + (isSame(foretold, did[0]) ? 0 : 1)
  } finally {
    await on.stop()
  }
}

async function makeCrashLoops(on: RealCluster, tools: readonly Tool[]): Promise<void> {
  await until(
    () => Promise.all(['open-iscsi', 'nfs-client'].map((check) => on.labelOf('worker-1', check))),
    (labels) => labels.every((label) => label === 'missing'),
  )
  for (const { namespace } of tools) await on.cluster.kubectl('create', 'namespace', namespace)
  const objects = tools.flatMap(({ namespace }) => cases.flatMap((one) => one.objects(namespace)))
  await applyAll(on, objects)
  // Both at once take longer than a state is waited for.
  for (const count of [restartsBefore - 1, restartsBefore])
    await until(
      () => casePods(on),
      (pods) =>
        pods.length === tools.length * cases.length &&
        pods.every(({ restarts, isInBackOff }) => restarts >= count && isInBackOff),
    )
  tell(`all pods were restarted ${restartsBefore} times`)
}

async function fixHost(on: RealCluster): Promise<void> {
  await on.nodes[0].host.apt('install', '--no-install-recommends', 'open-iscsi')
  await until(
    () => on.labelOf('worker-1', 'open-iscsi'),
    (label) => label === 'ready',
  )
  tell('worker-1 has open-iscsi')
}

/** The kubelet does not wait before it starts a container whose image is another. */
async function makeReady(on: RealCluster): Promise<void> {
  const again = 'localhost/busybox:again'
  await on.nodes[0].host.exec(['ctr', '-n', 'k8s.io', 'images', 'tag', busybox, again])
  const chosen = (await casePods(on)).filter(({ of }) => of.isReady)
  await applyAll(on, [...new Set(chosen.map(({ namespace }) => namespace))].map(configMap))
  for (const { name, namespace } of chosen)
    await on.cluster.kubectl('set', 'image', `pod/${name}`, `main=${again}`, '-n', namespace)
  await until(
    () => casePods(on),
    (pods) => pods.every(({ of, isSteady, isInBackOff }) => (of.isReady ? isSteady : isInBackOff)),
  )
  tell('what is to be Ready is, and all others wait for the kubelet')
}

interface Ran extends Said {
  readonly tool: Tool
}

async function runAll(tools: readonly Tool[], access: Access): Promise<readonly Ran[]> {
  const all: Ran[] = []
  for (const tool of tools) {
    const said = await tool.run(access)
    tell(`${tool.name}: ${said.restarts.join(', ')} (${Math.round(said.took)} ms)`)
    all.push({ tool, ...said })
  }
  return all
}

/** When each pod that came runs, or has failed. */
async function settledPods(on: RealCluster, before: readonly CasePod[]): Promise<readonly CasePod[]> {
  const countOf = (pods: readonly CasePod[]) => pods.filter(({ isReplaced }) => isReplaced).length
  let last: readonly CasePod[] = []
  await until(
    async () => (last = await casePods(on)),
    (pods) =>
      countOf(pods) === countOf(before) && pods.every(({ isSteady, restarts }) => isSteady || restarts > 0),
  )
  return last
}

/** By what is there, whatever the tool said. */
function columnOf({ tool, why, took }: Ran, before: readonly CasePod[], after: readonly CasePod[]): Column {
  const inOwn = ({ namespace }: CasePod) => namespace === tool.namespace
  const outcomes = before.filter(inOwn).map(({ of, uid, name }): [string, Outcome] => {
    const now = after.find((pod) => inOwn(pod) && pod.of === of)
    return [
      of.name,
      { isRestarted: now?.uid !== uid, isReady: now?.isSteady ?? false, why: why.get(name) ?? null },
    ]
  })
  return { tool, outcomes: new Map(outcomes), took }
}

function wrongOf([column]: readonly Column[]): number {
  return cases.filter((one) => !isAsItShould(one, column?.outcomes.get(one.name))).length
}

function isSame(one: Said, other: Said | undefined): boolean {
  return JSON.stringify(one.restarts.toSorted()) === JSON.stringify(other?.restarts.toSorted())
}

function tell(words: string): void {
  process.stdout.write(`${words}\n`)
}
