import { setTimeout as sleep } from 'node:timers/promises'
import type { V1LeaseList } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReportCheck } from '#agent/model/report.ts'
import { hostdepsCheck } from '../hosts/cli.ts'
import { hasRealCluster } from './nodes/real-cluster.ts'
import { startSurvivor, watch } from './nodes/survivor.ts'
import type { Survivor } from './nodes/survivor.ts'
import { until } from './plane/test-node.ts'

/** What happens to nodes and agents, on a node that lacks open-iscsi. */
describe.skipIf(!hasRealCluster)('on real kubelets the agent survives', () => {
  let node: Survivor
  beforeAll(async () => {
    node = await startSurvivor()
  })
  afterAll(() => node?.on.stop())

  test('before any of it, nothing that a kubelet and its runtime set is said to be gone after a reboot', async () => {
    const { report } = await hostdepsCheck('--all', '--target-pid', String(node.host.pid))
    const gone = report.checks
      .flatMap(({ findings }) => findings)
      .filter(({ reason }) => reason === 'GoneAfterReboot')
    expect(gone.map(({ message }) => message)).toEqual([])
  })

  test('a restart of the kubelet: nothing is lost, nothing is written, no container starts again', async () => {
    const kubelet = async () => {
      const show = ['systemctl', 'show', '--property=MainPID,ExecMainStartTimestampMonotonic', 'kubelet']
      return (await node.host.exec(show)).stdout
    }
    const lease = async () => {
      const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
      const { items } = await node.on.cluster.call<V1LeaseList>({ path })
      const own = items.find(({ metadata }) => metadata?.name === 'worker-1')
      // A kubelet makes it some seconds after its Node.
      return own === undefined ? 0 : Date.parse(String(own.spec?.renewTime))
    }
    const containers = async () =>
      (await node.agent()).status?.containerStatuses?.map(({ containerID }) => containerID)
    const [was, said, ran] = [await kubelet(), await node.said(), await containers()]
    await node.host.exec(['systemctl', 'restart', 'kubelet'])
    expect(await kubelet()).not.toBe(was)
    // The new one beats, twice, and says that its node is ready.
    for (let beat = 0; beat < 2; beat++) {
      const last = await lease()
      await until(lease, (time) => time > last)
    }
    await until(
      () => node.condition('Ready'),
      (ready) => ready?.status === 'True',
    )
    expect(await node.said()).toEqual(said)
    expect(await containers()).toEqual(ran)
    await node.isUp()
  })

  test('a killed server resumes from what the Node says', async () => {
    const [said, { server = 0 }] = [await node.said(), await node.restarts()]
    expect(await node.signal('SIGKILL', 'serve')).toBeGreaterThan(0)
    await until(node.restarts, (now) => (now['server'] ?? 0) > server)
    await node.isUp()
    expect(await node.said()).toEqual(said)
  })

  test('a killed prober starts again, and its rounds continue', async () => {
    const { prober = 0 } = await node.restarts()
    expect(await node.signal('SIGKILL', 'probe')).toBeGreaterThan(0)
    await until(node.restarts, (now) => (now['prober'] ?? 0) > prober)
    await node.isUp()
    expect(await node.label()).toBe('missing')
  })

  test('a frozen prober: not ready at once, the label after its time, 503 all the while', async () => {
    // What happened to it before is over.
    await until(node.podIsReady, (now) => now === 'True')
    const gate = watch(() => node.ask('/ready/overlay'))
    const ready = watch(node.podIsReady)
    const label = watch(() => node.label('overlay'))
    const all = [gate, ready, label]
    await until(
      () => Promise.resolve(all.every(({ seen }) => seen.length > 0)),
      (isSo) => isSo,
    )
    let check: ReportCheck | null = null
    try {
      expect(await node.signal('SIGSTOP', 'probe')).toBeGreaterThan(0)
      await until(
        () => node.label('overlay'),
        (state) => state === 'unknown',
      )
      // Longer than kube-proxy takes to hear of a pod that is not ready.
      await sleep(5_000)
      check = JSON.parse((await node.ask('/v1/checks/overlay')).replace(/^\d+ /, ''))
    } finally {
      for (const watched of all) await watched.stop()
      await node.signal('SIGCONT', 'probe')
    }
    // No connect that hangs, no other answer: at once, and some moments later with the half that it is.
    const [before, ...after] = gate.seen.map(({ value }) => value.split('\n')[0])
    expect(before).toBe('200 ready')
    const late = 'no fresh results from the host: no round has come for more than 15s'
    for (const text of after) expect(text).toContain(`503 unknown: ${late}`)
    expect(new Set(after).size).toBeLessThanOrEqual(2)
    expect(after.at(-1)).toContain('; the prober has stopped, or cannot write its file (RoundStale)')
    expect(ready.seen.map(({ value }) => value)).toEqual(['True', 'False'])
    expect(label.seen.map(({ value }) => value)).toEqual(['ready', 'unknown'])
    const [unknownAt = 0, notReadyAt = 0, labelAt = 0] = all.map(({ seen }) => seen[1]?.at)
    const afterIt = (time: number) => `${Math.round(time - unknownAt)} ms`
    console.log(`after the Service said so: not ready ${afterIt(notReadyAt)}, label ${afterIt(labelAt)}`)
    expect(Math.max(unknownAt, notReadyAt)).toBeLessThan(labelAt)
    // By the server's clock of the day; that it is unknownAfter by its other one, settle.test.ts says.
    const kept = Date.parse(check?.published.since ?? '') - Date.parse(check?.since ?? '')
    console.log(`the label kept what it said for ${kept} ms, with an unknownAfter of 30 s`)
    expect(kept).toBeGreaterThan(0)
    expect(check?.published).toMatchObject({ state: 'unknown', reason: 'RoundStale' })
    await until(
      () => node.label('overlay'),
      (state) => state === 'ready',
    )
    await until(node.podIsReady, (now) => now === 'True')
    expect(await node.ask('/ready/overlay')).toMatch(/^200 ready/)
  })

  test('an unreachable API server: the Service answers, and changes are published later', async () => {
    const counts = await node.restarts()
    await node.on.cluster.stopApiServer()
    try {
      await node.host.apt('install', '--no-install-recommends', 'cryptsetup-bin')
      await until(
        () => node.ask('/ready/cryptsetup'),
        (said) => said.startsWith('200'),
      )
      expect(await node.ask('/ready/open-iscsi')).toContain('503 missing')
    } finally {
      await node.on.cluster.startApiServer()
    }
    await until(
      () => node.label('cryptsetup'),
      (state) => state === 'ready',
    )
    await node.isUp()
    expect(await node.restarts()).toEqual(counts)
  })

  test('a full emptyDir: unknown, and it recovers by itself', async () => {
    const fill = `const {writeSync,openSync}=require('node:fs');const f=openSync('/run/hostdeps/full','w');
      try { for(;;) writeSync(f, Buffer.alloc(65536)) } catch (error) { console.log(error.code) }`
    expect(await node.on.exec(await node.agent(), 'prober', 'node', '-e', fill)).toContain('ENOSPC')
    await until(
      () => node.ask('/ready/open-iscsi'),
      (said) => said.startsWith('503 unknown'),
    )
    expect(await node.ask('/readyz')).toMatch(/^503 .*no round has come for more than 15s/s)
    await until(node.label, (state) => state === 'unknown')
    expect(await node.ask('/ready/open-iscsi')).toContain(
      'no round has come for more than 15s; the prober has stopped, or cannot write its file',
    )
    expect(await node.condition()).toMatchObject({ status: 'Unknown', reason: 'RoundStale' })
    await node.on.exec(
      await node.agent(),
      'prober',
      'node',
      '-e',
      "require('node:fs').rmSync('/run/hostdeps/full')",
    )
    await node.isUp()
    await until(node.label, (state) => state === 'missing')
    expect(await node.condition()).toMatchObject({ status: 'False', reason: 'BinaryNotFound' })
  })

  test('a reboot of the node: the same pod is back and says the same', async () => {
    const [{ metadata }, was] = [await node.agent(), await node.condition()]
    const { server = 0 } = await node.restarts()
    await node.on.nodes[0].reboot()
    await until(node.restarts, (now) => (now['server'] ?? 0) > server)
    await node.isUp()
    expect((await node.agent()).metadata?.uid).toBe(metadata?.uid)
    await until(node.label, (state) => state === 'missing')
    expect((await node.condition())?.lastTransitionTime).toEqual(was?.lastTransitionTime)
  })
})
