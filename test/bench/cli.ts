import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import type { V1Pod } from '@kubernetes/client-node'
import { atEnd } from '../at-end.ts'
import { mergePatch } from '../cluster/plane/api-client.ts'
import { startControlPlane } from '../cluster/plane/control-plane.ts'
import type { ControlPlane } from '../cluster/plane/control-plane.ts'
import { madeNode, noIscsi } from '../cluster/made-nodes.ts'
import type { MadeCheck } from '../cluster/made-nodes.ts'
import { kubernetesPrograms } from '../setup/kubernetes-programs.ts'
import { bundle } from '../../build.ts'
import { spread } from './measure.ts'

/**
 * What the cluster commands take on a real API server with a thousand nodes, and memory: from the start of the process to its end, as
 * people wait for it. Aimed at: `nodes` 3 s, `why -A` with 5,000 pods 20 s, 250 MiB; `--help` 150 ms. The pods have no logs, since no
 * kubelet runs them: their logs are asked for, and refused.
 */
const count = 1_000
/** Besides the agents'. */
const pods = 4_000
/** Requests at a time by which objects are made. */
const atOnce = 20
const runs = 5
/** Milliseconds: the controllers write each new Node and pod for a while. */
const calm = 30_000

const mountFailure =
  'MountVolume.MountDevice failed for volume "pvc-1" : rpc error: nsenter: failed to execute iscsiadm: No such file or directory'

const dist = mkdtempSync(join(tmpdir(), 'hostdeps-bench-'))
atEnd(() => rmSync(dist, { recursive: true, force: true }))

/** Tells on stderr, at the end of a process, its most memory in KiB and its CPU in microseconds. */
const telling = `data:text/javascript,${encodeURIComponent(`process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  process.stderr.write('\\n' + maxRSS + ' ' + (userCPUTime + systemCPUTime))
})`)}`

Object.assign(process.env, await kubernetesPrograms.run((words) => console.log(words)))
await bundle(dist)
const cluster = await startControlPlane()
try {
  await makeNodes(cluster)
  await makePods(cluster)
  await sleep(calm)
  const kubeConfig = cluster.kubeConfig(cluster.admin.token)
  for (const args of [
    ['--help'],
    ['nodes', '--help'],
    ['nodes'],
    ['nodes', '-o', 'wide'],
    ['nodes', '-o', 'json'],
    ['why', '--help'],
    ['why', 'app-20'],
    ['why', '-A'],
    ['fix', '--help'],
    ['fix', '--all'],
  ])
    await measure(args, kubeConfig)
} finally {
  await cluster.stop()
}

async function makeNodes({ call }: ControlPlane): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `worker-${index}`)
  const make = async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const { labels, report } = madeNode(name, checksOf(names.length))
      const metadata = { name, labels, annotations: { 'hostdeps.dev/report': report ?? '' } }
      await call({
        method: 'POST',
        path: '/api/v1/nodes',
        body: { apiVersion: 'v1', kind: 'Node', metadata },
      })
      await call({ method: 'POST', path: '/api/v1/namespaces/default/pods', body: agentPod(name) })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, make))
}

/** One in twenty crash-loops, and one in twenty waits for a volume that its node cannot mount. */
async function makePods({ call }: ControlPlane): Promise<void> {
  const numbers = Array.from({ length: pods }, (_, index) => index)
  const path = '/api/v1/namespaces/default/pods'
  const now = new Date().toISOString()
  const make = async () => {
    for (let number = numbers.pop(); number !== undefined; number = numbers.pop()) {
      const name = `app-${number}`
      const spec = {
        nodeName: `worker-${number % count}`,
        containers: [{ name: 'main', image: 'example.com/app:1' }],
        tolerations: [{ operator: 'Exists' }],
      }
      const { metadata } = await call<V1Pod>({ method: 'POST', path, body: { metadata: { name }, spec } })
      const kind = number % 20 === 0 ? 'mounting' : number % 20 === 1 ? 'crashing' : 'fine'
      const status = statusOf(kind, now)
      await call({ method: 'PATCH', path: `${path}/${name}/status`, type: mergePatch, body: { status } })
      if (kind !== 'mounting') continue
      const involvedObject = { kind: 'Pod', namespace: 'default', name, uid: metadata?.uid }
      const event = {
        involvedObject,
        type: 'Warning',
        reason: 'FailedMount',
        message: mountFailure,
        lastTimestamp: now,
      }
      const body = { metadata: { generateName: `${name}.` }, ...event }
      await call({ method: 'POST', path: '/api/v1/namespaces/default/events', body })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, make))
}

function statusOf(kind: 'mounting' | 'crashing' | 'fine', now: string): V1Pod['status'] {
  const terminated = { exitCode: 1, reason: 'Error', startedAt: now, finishedAt: now }
  const states = {
    mounting: { state: { waiting: { reason: 'ContainerCreating' } } },
    crashing: { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated } },
    fine: { state: { running: { startedAt: now } } },
  }
  const main = {
    name: 'main',
    image: '',
    imageID: '',
    ready: kind === 'fine',
    restartCount: 3,
    ...states[kind],
  }
  return {
    phase: kind === 'mounting' ? 'Pending' : 'Running',
    conditions: [{ type: 'Ready', status: kind === 'fine' ? 'True' : 'False' }],
    containerStatuses: [main],
  } as unknown as V1Pod['status']
}

/** As many as agents publish by default; some lack something. */
function checksOf(index: number): Readonly<Record<string, MadeCheck>> {
  const ready: MadeCheck = { state: 'ready' }
  return {
    'kubernetes-node': ready,
    'time-sync': ready,
    'nfs-client': ready,
    'open-iscsi': index % 10 === 0 ? noIscsi : ready,
  }
}

function agentPod(nodeName: string) {
  const labels = { 'app.kubernetes.io/name': 'hostdeps' }
  const spec = {
    nodeName,
    containers: [{ name: 'prober', image: 'example.com/hostdeps:1' }],
    tolerations: [{ operator: 'Exists' }],
  }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: `hostdeps-${nodeName}`, labels }, spec }
}

async function measure(args: readonly string[], kubeConfig: string): Promise<void> {
  const took: number[] = []
  const memory: number[] = []
  const cpu: number[] = []
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    const argv = ['--import', telling, `${dist}/agent/main.js`, ...args]
    const { stderr } = await execa(process.execPath, argv, { env: { KUBECONFIG: kubeConfig }, reject: false })
    took.push(performance.now() - start)
    const [kilobytes = 0, microseconds = 0] = (stderr.split('\n').at(-1) ?? '').split(' ').map(Number)
    memory.push(kilobytes / 1024)
    cpu.push(microseconds / 1_000)
  }
  const [time, mib, busy] = [spread(took), spread(memory), spread(cpu)]
  console.log(
    `hostdeps ${args.join(' ')}: ${time.least.toFixed(0)} ms at best, ${time.middle.toFixed(0)} ms in the middle; ${busy.least.toFixed(0)} ms of CPU; ${mib.most.toFixed(0)} MiB`,
  )
}
