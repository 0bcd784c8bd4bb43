import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { V1Node } from '@kubernetes/client-node'
import { parse } from 'yaml'
import { atEnd } from '../at-end.ts'
import { startControlPlane } from '../cluster/plane/control-plane.ts'
import { accountToken } from '../cluster/plane/service-account.ts'
import { kubernetesPrograms } from '../setup/kubernetes-programs.ts'
import type { AgentToken, Order, Told } from './scale/agents.ts'
import { addCounts, noCounts } from './scale/counted-api.ts'
import type { Counts } from './scale/counted-api.ts'
import { kubeletNode, nodeName } from './scale/kubelet-node.ts'
import { watchNodes } from './scale/node-watch.ts'
import type { NodeWatch } from './scale/node-watch.ts'
import type { Hosts } from './scale/rounds.ts'
import { renderScale } from './scale/table.ts'
import type { PhaseFigures } from './scale/table.ts'

/**
 * What the agents of many Nodes ask of one API server together, in the moments when a herd could form: a real API server and etcd, with
 * our admission policies in force, and for each Node the agent's own publisher with a token of its own. NODES=5000 unless told
 * otherwise; only then SCALE.md is written.
 */
const usual = 5_000
const count = Number(process.env['NODES'] ?? usual)
/** Processes that the agents are in, so that not their own work is measured. */
const processes = 2
/** Requests at a time by which objects are made. */
const atOnce = 20
/** How often we look, milliseconds. */
const lookEach = 500
/** A phase is over when no more was asked for so long, milliseconds, than twice what all ask in steady state: 20 times an hour each. */
const quiet = 3_000
const idle = ((count * 20) / 3_600_000) * 2 * lookEach
/** Milliseconds that a phase may take. */
const longest = 900_000
/** In steady state time passes faster, where the machine can do what is asked then, and it lasts as long as `reapply` at most: 11 minutes. */
const pace = Math.max(1, Math.min(10, Math.floor(10_000 / count)))
const steadyFor = 660_000 / pace
/** How long the API server is away, milliseconds. */
const outage = 30_000
const confirm = 11_000

/** What the agents have of manifests/base, and where it is created. */
const manifests = [
  ['/api/v1/namespaces', 'namespace'],
  ['/api/v1/namespaces/hostdeps/serviceaccounts', 'service-account'],
  ['/apis/rbac.authorization.k8s.io/v1/clusterroles', 'cluster-role'],
  ['/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', 'cluster-role-binding'],
  ['/apis/rbac.authorization.k8s.io/v1/clusterroles', 'event-cluster-role'],
  ['/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', 'event-cluster-role-binding'],
  ...['node-policy', 'event-policy'].flatMap((name) => [
    ['/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies', name] as const,
    ['/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings', `${name}-binding`] as const,
  ]),
] as const

const loadBefore = loadavg()[0] ?? 0
if (process.env['HOSTDEPS_TEST_CONTROL_PLANE'] === undefined)
  Object.assign(process.env, await kubernetesPrograms.run((words) => console.log(words)))
const cluster = await startControlPlane('127.0.0.1', { hasControllers: false })
const children: ChildProcess[] = []
const remove = atEnd(() => children.forEach((child) => child.kill('SIGKILL')))
try {
  for (const [path, name] of manifests) await make(path, name)
  await openAgents(await makeNodes())
  await measureAll()
} finally {
  remove()
  children.forEach((child) => child.kill('SIGKILL'))
  await cluster.stop()
}

/** By its file of manifests/base. */
async function make(path: string, name: string): Promise<void> {
  const file = new URL(`../../manifests/base/${name}.yaml`, import.meta.url)
  await cluster.call({ method: 'POST', path, body: parse(readFileSync(file, 'utf8')) })
}

async function makeNodes(): Promise<AgentToken[]> {
  const agents: AgentToken[] = []
  const indexes = Array.from({ length: count }, (_, index) => index)
  const make = async () => {
    for (let index = indexes.pop(); index !== undefined; index = indexes.pop()) {
      const node = nodeName(index)
      await cluster.call({ method: 'POST', path: '/api/v1/nodes', body: kubeletNode(index) })
      await cluster.call({ method: 'POST', path: '/api/v1/namespaces/hostdeps/pods', body: agentPod(node) })
      agents.push({ node, token: await accountToken(cluster, { pod: node }) })
      if (agents.length % 1_000 === 0) console.log(`${agents.length} Nodes`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, make))
  return agents
}

function agentPod(node: string) {
  const containers = [{ name: 'server', image: 'example.com/hostdeps:1' }]
  const spec = { nodeName: node, serviceAccountName: 'hostdeps', containers }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: node }, spec }
}

async function openAgents(agents: readonly AgentToken[]): Promise<void> {
  const { host, port, caFile } = cluster.admin
  const each = Math.ceil(agents.length / processes)
  for (let index = 0; index < processes; index++) {
    const child = fork(new URL('./scale/agents.ts', import.meta.url))
    children.push(child)
    const part = agents.slice(index * each, (index + 1) * each)
    await order(child, { do: 'open', server: `https://${host}:${port}`, caFile, agents: part })
  }
}

async function order(child: ChildProcess, what: Order): Promise<Counts> {
  const ended = new AbortController()
  const answer = once(child, 'message', { signal: ended.signal })
  const died = (code: number | null, signal: string | null) =>
    ended.abort(new Error(`the agents ended by ${signal ?? code} when told to ${what.do}`))
  child.once('exit', died)
  child.send(what)
  const [told]: Told[] = await answer.catch((error: Error) => {
    throw error.cause
  })
  child.off('exit', died)
  return told?.counts ?? noCounts()
}

async function orderAll(what: Order): Promise<Counts> {
  return addCounts(await Promise.all(children.map((child) => order(child, what))))
}

async function measureAll(): Promise<void> {
  const watch = await watchNodes(cluster.admin)
  const figures: PhaseFigures[] = []
  const hosts = {
    missing: { state: 'missing', conditions: 'all' },
    ready: { state: 'ready', conditions: 'all' },
  } as const
  const problems: Hosts = { state: 'ready', conditions: 'problems' }
  const run = async (phase: Phase) => {
    const one = await measure(phase, watch)
    figures.push(one)
    console.log(one)
  }
  await run({
    title: 'all agents start in the same moment, on Nodes that say nothing yet',
    act: () => orderAll({ do: 'start' }),
    isRight: saysAll(hosts.missing),
  })
  await run({
    title: 'steady state',
    act: () => orderAll({ do: 'pace', factor: pace }),
    isRight: saysAll(hosts.missing),
    lasts: steadyFor,
  })
  await orderAll({ do: 'pace', factor: 1 })
  await run({
    title: 'all labels of all Nodes change in the same moment',
    act: () => orderAll({ do: 'round', hosts: hosts.ready }),
    isRight: saysAll(hosts.ready),
  })
  await run({
    title: 'all agents read a changed config in the same moment (`conditions: problems`)',
    act: () => orderAll({ do: 'round', hosts: problems }),
    isRight: saysAll(problems),
  })
  await run({
    title: `the API server was killed, is back after ${outage / 1_000} s, and all labels changed meanwhile`,
    act: () => restart(hosts.missing),
    isRight: saysAll(hosts.missing),
  })
  watch.stop()
  const text = renderScale({ figures, count, loadBefore, pace, machine: machine() })
  console.log(text)
  if (count === usual) writeFileSync(new URL('SCALE.md', import.meta.url), text)
}

interface Phase {
  readonly title: string
  /** What happens; what was asked until it is over. */
  act(): Promise<Counts>
  isRight(node: V1Node): boolean
  /** Milliseconds; left out for until all Nodes are right and nobody asks any more. */
  readonly lasts?: number
}

async function measure({ title, act, isRight, lasts }: Phase, watch: NodeWatch): Promise<PhaseFigures> {
  watch.take()
  await orderAll({ do: 'count' })
  const [pid, cpuBefore] = [cluster.apiServerPid(), cpuSeconds(cluster.apiServerPid())]
  let start = performance.now()
  const all = [await act()]
  const isAnew = cluster.apiServerPid() !== pid
  // Until it is back nothing can be right.
  if (isAnew) start = performance.now()
  let rightAfter: number | null = null
  let askedAt = performance.now()
  const isOver = () =>
    lasts === undefined
      ? rightAfter !== null && performance.now() - askedAt > quiet
      : performance.now() - start > lasts
  while (!isOver()) {
    await sleep(lookEach)
    const counts = await orderAll({ do: 'count' })
    all.push(counts)
    const asked = Object.values(counts.bySecond).reduce((sum, one) => sum + one, 0)
    if (asked > idle) askedAt = performance.now()
    if (watch.lacking(isRight).length === 0) rightAfter ??= performance.now() - start
    if (performance.now() - start > longest) throw new Error(`${title}: not over after ${longest} ms`)
  }
  const cpu = cpuSeconds(cluster.apiServerPid()) - (isAnew ? 0 : cpuBefore)
  return {
    title,
    rightAfter: lasts === undefined ? rightAfter : null,
    took: (lasts === undefined ? askedAt : performance.now()) - start,
    asked: addCounts(all),
    cpu,
    watched: watch.take(),
    etcd: statSync(`${cluster.folder}/etcd/member/snap/db`).size,
  }
}

async function restart(hosts: Hosts): Promise<Counts> {
  await cluster.stopApiServer()
  const all = [await orderAll({ do: 'round', hosts })]
  // That something is missing is believed when it is seen twice.
  await sleep(confirm)
  all.push(await orderAll({ do: 'round', hosts }))
  await sleep(outage - confirm)
  await cluster.startApiServer()
  // What was asked in vain is in the figures, except for what was tried by the time.
  return addCounts([...all, await orderAll({ do: 'count' })])
}

/** All four checks are of this state, by label, and have a condition where they should. */
function saysAll({ state, conditions }: Hosts): (node: V1Node) => boolean {
  const shown = conditions === 'all' || (conditions === 'problems' && state === 'missing')
  return ({ metadata, status }) => {
    const labels = Object.entries(metadata?.labels ?? {}).filter(([key]) => key.startsWith('hostdeps.dev/'))
    const ours = (status?.conditions ?? []).filter(({ type }) => type.startsWith('hostdeps.dev/'))
    return (
      labels.length === 4 && labels.every(([, value]) => value === state) && ours.length === (shown ? 4 : 0)
    )
  }
}

/** Of all threads, user and system: the 14th and 15th field, proc_pid_stat(5), in ticks of 10 ms. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function machine(): string {
  const [cpu] = cpus()
  return `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`
}
