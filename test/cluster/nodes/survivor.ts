import { setTimeout as sleep } from 'node:timers/promises'
import type { V1Node, V1NodeCondition, V1Pod, V1Service } from '@kubernetes/client-node'
import { execa } from 'execa'
import { mergePatch } from '../plane/api-client.ts'
import { startRealCluster } from './real-cluster.ts'
import type { RealCluster } from './real-cluster.ts'
import { until } from '../plane/test-node.ts'

/** What is asked of worker-1, which lacks open-iscsi, and done to it and to its agent. */
export type Survivor = Awaited<ReturnType<typeof startSurvivor>>

export type Half = 'probe' | 'serve'

/** Rounds each 5 s, so that they are late after 15 s; a state stays on the Node for 30 s without them. */
export const config =
  'checks: [open-iscsi, nfs-client, cryptsetup, overlay]\ninterval: 5s\nunknownAfter: 30s\n'

/** Both nodes with their agents, and what was asked for on the Node of the first. */
export async function startSurvivor() {
  const on = await startRealCluster()
  const survivor = lookAt(on)
  try {
    await on.install()
    await survivor.writeConfig(config)
    await until(survivor.label, (state) => state === 'missing')
    await survivor.isUp()
    return survivor
  } catch (error) {
    await on.stop()
    throw error
  }
}

function lookAt(on: RealCluster) {
  const [{ host }] = on.nodes
  const namespace = '/api/v1/namespaces/hostdeps'
  const node = () => on.cluster.call<V1Node>({ path: '/api/v1/nodes/worker-1' })
  const agent = async (): Promise<V1Pod> => {
    const pod = await on.agentOn('worker-1')
    if (pod === undefined) throw new Error('worker-1 has no agent')
    return pod
  }
  const write = async (name: string, data: Readonly<Record<string, string>>): Promise<void> => {
    const path = `${namespace}/configmaps/${name}`
    await on.cluster.call({ method: 'PATCH', path, type: mergePatch, body: { data } })
  }
  const service = async () => {
    const { spec } = await on.cluster.call<V1Service>({ path: `${namespace}/services/hostdeps` })
    return `http://${spec?.clusterIP}:9465`
  }
  /** The Service, as it is asked on the node itself: status and text. */
  let address = ''
  const ask = async (path: string) => {
    address ||= await service()
    const argv = ['-s', '-m', '60', '-o', '-', '-w', '\n%{http_code}', `${address}${path}`]
    const { stdout } = await execa('ip', ['netns', 'exec', host.name, 'curl', ...argv], { reject: false })
    const [, text = '', status = ''] = /^(.*)\n(\d+)$/s.exec(stdout) ?? []
    return `${status} ${text}`
  }
  /** The pids of a container's Node.js, as the node sees them. */
  const pidsOf = async (command: Half) => {
    const { stdout } = await host.exec(['pgrep', '-f', `^(\\S*/)?node \\S*hostdeps ${command} `])
    return stdout.split('\n').filter(Boolean)
  }
  return {
    on,
    host,
    node,
    agent,
    ask,
    label: (check = 'open-iscsi') => on.labelOf('worker-1', check),
    async condition(type = 'hostdeps.dev/OpenIscsiReady'): Promise<V1NodeCondition | undefined> {
      return (await node()).status?.conditions?.find((one) => one.type === type)
    },
    /** All that hostdeps says on the Node, and what was applied last, and when. */
    async said() {
      const { metadata, status } = await node()
      const ours = ([key]: [string, unknown]) => key.startsWith('hostdeps.dev/')
      return {
        labels: Object.entries(metadata?.labels ?? {}).filter(ours),
        annotations: Object.entries(metadata?.annotations ?? {}).filter(ours),
        conditions: status?.conditions?.filter(({ type }) => type.startsWith('hostdeps.dev/')),
        applied: metadata?.managedFields?.find(({ manager }) => manager === 'hostdeps'),
      }
    },
    async restarts() {
      const { status } = await agent()
      return Object.fromEntries((status?.containerStatuses ?? []).map((one) => [one.name, one.restartCount]))
    },
    /** Whether the agent's pod is Ready. */
    async podIsReady() {
      const { status } = await agent()
      return status?.conditions?.find(({ type }) => type === 'Ready')?.status
    },
    isUp: () =>
      until(
        () => ask('/readyz'),
        (text) => text.startsWith('200'),
      ),
    writeConfig: (text: string) => write('hostdeps', { 'config.yaml': text }),
    /** By name; the example that is there stays. */
    writeChecks: (texts: Readonly<Record<string, string>>) =>
      write(
        'hostdeps-checks',
        Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${name}.yaml`, text])),
      ),
    /** Of a config or check file, as a container sees it. */
    async textOf(file: string): Promise<string> {
      const script = `console.log(require('node:fs').readFileSync('/etc/hostdeps/${file}', 'utf8'))`
      return (await on.exec(await agent(), 'prober', 'node', '-e', script)).trim()
    },
    async deleteAgent(): Promise<void> {
      const { metadata } = await agent()
      await on.cluster.call({ method: 'DELETE', path: `${namespace}/pods/${metadata?.name}` })
    },
    /** Sends it to all there are; how many that were. */
    async signal(name: NodeJS.Signals, command: Half): Promise<number> {
      const pids = await pidsOf(command)
      if (pids.length > 0) await host.exec(['kill', `-${name.slice(3)}`, ...pids])
      return pids.length
    },
  }
}

/** What was seen, one after the other; of what stayed the same the first. */
export interface Watched<T> {
  readonly seen: readonly { readonly at: number; readonly value: T }[]
  stop(): Promise<void>
}

/** Asks again and again until it is stopped. */
export function watch<T>(ask: () => Promise<T>): Watched<T> {
  const seen: { at: number; value: T }[] = []
  const stopping = new AbortController()
  const asking = async () => {
    while (!stopping.signal.aborted) {
      const value = await ask()
      if (seen.at(-1)?.value !== value) seen.push({ at: performance.now(), value })
      await sleep(200)
    }
  }
  const end = asking()
  return {
    seen,
    async stop() {
      stopping.abort()
      await end
    },
  }
}
