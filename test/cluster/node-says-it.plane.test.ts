import { setTimeout as sleep } from 'node:timers/promises'
import type { V1Pod } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReportCheck } from '#agent/model/report.ts'
import { bootHost } from '../hosts/nspawn.ts'
import type { TestHost } from '../hosts/nspawn.ts'
import { startAgent } from './plane/agents.ts'
import type { Agent } from './plane/agents.ts'
import { startControlPlane } from './plane/control-plane.ts'
import type { ControlPlane } from './plane/control-plane.ts'
import { serverAccess } from './plane/service-account.ts'
import { makeNode, until } from './plane/test-node.ts'
import type { TestNode } from './plane/test-node.ts'
import { makeDaemonSet, makePod, podsOf } from './plane/workloads.ts'

const label = 'hostdeps.dev/open-iscsi'
const condition = 'hostdeps.dev/OpenIscsiReady'
const turns = Number(process.env['TURNS'] ?? 5)
const config = 'checks: [open-iscsi, nfs-client]\ndeadline: 1s\n'

/** The story of the README on a real API server: a Debian 12 host, its prober, its server, its Node. */
describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'] || !process.env['HOSTDEPS_TEST_HOST_ROOT'])(
  'the Node says what its host lacks',
  () => {
    let host: TestHost
    let cluster: ControlPlane
    let node: TestNode
    let agent: Agent
    beforeAll(async () => {
      ;[host, cluster] = await Promise.all([bootHost('story'), startControlPlane()])
      node = await makeNode(cluster, 'worker-1')
      const kubeConfig = await serverAccess(cluster)
      agent = await startAgent({ node: node.name, kubeConfig, config, hostPid: host.pid })
    })
    afterAll(async () => {
      await agent?.stop()
      await node?.stop()
      await Promise.all([cluster?.stop(), host?.stop()])
    })

    const labelIs = (state: string) =>
      until(
        () => node.label(label),
        (now) => now === state,
      )
    const install = () => host.apt('install', '--no-install-recommends', 'open-iscsi')
    const purge = () => host.apt('purge', 'open-iscsi')

    test('what is missing has a label, a condition with the fix, an annotation and an event', async () => {
      await labelIs('missing')
      expect(await node.condition(condition)).toMatchObject({
        status: 'False',
        reason: 'BinaryNotFound',
        message: expect.stringMatching(/^iscsiadm is not on the host's PATH.*apt-get install -y open-iscsi/),
      })
      const { metadata } = await node.read()
      expect(JSON.parse(metadata?.annotations?.['hostdeps.dev/report'] ?? '{}')).toMatchObject({
        v: 2,
        host: { distro: 'debian', family: 'debian', installer: 'apt-get', imageBased: null },
        checks: [
          {
            check: 'open-iscsi',
            state: 'missing',
            needs: expect.arrayContaining([{ id: 'binary:iscsiadm', reason: 'BinaryNotFound' }]),
          },
          {},
        ],
        omitted: 0,
      })
      await until(
        () => node.events(),
        (events) => events.some(({ note }) => note?.startsWith('open-iscsi: ')),
      )
      const event = (await node.events()).find(({ note }) => note?.startsWith('open-iscsi: '))
      expect(event).toMatchObject({ type: 'Warning', reason: 'BinaryNotFound' })
      expect(event?.note).toContain('apt-get install -y open-iscsi')
    })

    test('kubectl shows it: get nodes -L, describe node, wait', async () => {
      const table = await cluster.kubectl('get', 'nodes', '-L', label)
      const described = await cluster.kubectl('describe', 'node', node.name)
      console.log(`${table}\n\n${described}`)
      expect(table).toMatch(/OPEN-ISCSI\n.*missing/)
      expect(described).toMatch(
        /hostdeps\.dev\/OpenIscsiReady\s+False.*BinaryNotFound.*apt-get install -y open-iscsi/,
      )
      expect(described).toMatch(/Warning\s+BinaryNotFound.*hostdeps\.dev\/agent.*open-iscsi: iscsiadm is not/)
      // A condition that was never beaten would be of the year 1.
      expect(described).not.toContain('0001')
    })

    test('a pod that requires the label waits with the reason of the scheduler, and is bound after the install', async () => {
      await makePod(cluster, 'needs-iscsi', 'open-iscsi')
      const read = () => cluster.call<V1Pod>({ path: '/api/v1/namespaces/default/pods/needs-iscsi' })
      const scheduled = (pod: V1Pod) => pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')
      await until(read, (pod) => scheduled(pod)?.reason === 'Unschedulable')
      expect(scheduled(await read())?.message).toContain("didn't match Pod's node affinity/selector")
      await install()
      await labelIs('ready')
      const took = await until(read, (pod) => pod.spec?.nodeName === node.name)
      console.log(`from the label to the bound pod: ${Math.round(took)} ms`)
      const wait = ['--for', `condition=${condition}=True`, `node/${node.name}`, '--timeout=300s']
      expect(await cluster.kubectl('wait', ...wait)).toContain('condition met')
      await until(
        () => node.events(),
        (events) => events.some(({ type }) => type === 'Warning'),
      )
    })

    test('a reinstall and a question that times out turn no label, and a DaemonSet keeps its pod', async () => {
      await makeDaemonSet(cluster, 'storage', 'open-iscsi')
      await until(
        () => podsOf(cluster, 'storage'),
        (pods) => pods.length === 1,
      )
      const [pod] = await podsOf(cluster, 'storage')
      const seen = new Set<string | undefined>()
      const watching = new AbortController()
      const watch = (async () => {
        while (!watching.signal.aborted) {
          seen.add(await node.label(label))
          await sleep(50)
        }
      })()
      await host.apt('install', '--reinstall', 'open-iscsi')
      await sleep(3_000)
      await host.exec(['cp', '-a', '/usr/sbin/iscsiadm', '/root/iscsiadm.real'])
      await host.writeFile('/usr/sbin/iscsiadm', '#!/bin/sh\nsleep 300\n', 0o755)
      await until(
        () => reported(agent),
        ({ state, reason }) => state === 'unknown' && reason === 'DeadlineExceeded',
      )
      await sleep(12_000)
      await host.exec(['cp', '-a', '/root/iscsiadm.real', '/usr/sbin/iscsiadm'])
      await until(
        () => reported(agent),
        ({ state }) => state === 'ready',
      )
      watching.abort()
      await watch
      expect([...seen]).toEqual(['ready'])
      expect(await podsOf(cluster, 'storage')).toEqual([pod])
    })

    test('a reminder: a label that leaves ready makes the DaemonSet controller delete its pods', async () => {
      await purge()
      await labelIs('missing')
      const took = await until(
        () => podsOf(cluster, 'storage'),
        (pods) => pods.length === 0,
      )
      console.log(`from the label to the deleted pod of the DaemonSet: ${Math.round(took)} ms`)
    })

    test(`${turns} installs and removals, while a kubelet writes the same Node each second`, async () => {
      const before = { ...node.beats }
      const times = { ready: [] as number[], missing: [] as number[] }
      for (let turn = 0; turn < turns; turn++) {
        await install()
        times.ready.push(await labelIs('ready'))
        await purge()
        times.missing.push(await labelIs('missing'))
      }
      console.log(`from apt's end to the label "ready": ${spread(times.ready)}`)
      console.log(`from apt's end to the label "missing": ${spread(times.missing)}`)
      const written = node.beats.written - before.written
      console.log(`meanwhile the kubelet's stand-in wrote ${written} times, ${node.beats.lost} were lost`)
      expect(written).toBeGreaterThan(turns)
      expect(node.beats.lost).toBe(0)
      const { status } = await node.read()
      expect(status?.capacity).toMatchObject({ cpu: '2', memory: '4Gi', pods: '110' })
    })
  },
)

async function reported(agent: Agent): Promise<ReportCheck> {
  const response = await fetch(`${agent.url}/v1/checks/open-iscsi`)
  return (await response.json()) as ReportCheck
}

function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)
  return `p50 ${at(0.5)} ms, max ${at(1)} ms (${times.length})`
}
