import { setTimeout as sleep } from 'node:timers/promises'
import type { V1LeaseList } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReportCheck } from '../../agent/model/report.ts'
import { hasRealCluster } from './nodes/real-cluster.ts'
import { startSurvivor, watch } from './nodes/survivor.ts'
import type { Survivor } from './nodes/survivor.ts'
import { until } from './plane/test-node.ts'

const long = { timeout: 300_000 }

/** What happens to nodes and agents, on a node that lacks open-iscsi. */
describe.skipIf(!hasRealCluster)('on real kubelets the agent survives', () => {
  let it: Survivor
  beforeAll(async () => {
    it = await startSurvivor()
  }, 240_000)
  afterAll(() => it?.on.stop())

  test(
    'a restart of the kubelet: nothing is lost, nothing is written, no container starts again',
    long,
    async () => {
      const kubelet = async () => {
        const show = ['systemctl', 'show', '--property=MainPID,ExecMainStartTimestampMonotonic', 'kubelet']
        return (await it.host.exec(show)).stdout
      }
      const lease = async () => {
        const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
        const { items } = await it.on.cluster.call<V1LeaseList>({ path })
        const own = items.find(({ metadata }) => metadata?.name === 'worker-1')
        // A kubelet makes it some seconds after its Node.
        return own === undefined ? 0 : Date.parse(String(own.spec?.renewTime))
      }
      const containers = async () =>
        (await it.agent()).status?.containerStatuses?.map(({ containerID }) => containerID)
      const [was, said, ran] = [await kubelet(), await it.said(), await containers()]
      await it.host.exec(['systemctl', 'restart', 'kubelet'])
      expect(await kubelet()).not.toBe(was)
      // The new one beats, twice, and says that its node is ready.
      for (let beat = 0; beat < 2; beat++) {
        const last = await lease()
        await until(lease, (time) => time > last, 120_000)
      }
      await until(
        () => it.condition('Ready'),
        (ready) => ready?.status === 'True',
        60_000,
      )
      expect(await it.said()).toEqual(said)
      expect(await containers()).toEqual(ran)
      await it.isUp()
    },
  )

  test('a server that is killed goes on from what the Node says', long, async () => {
    const [said, { server = 0 }] = [await it.said(), await it.restarts()]
    expect(await it.signal('SIGKILL', 'serve')).toBeGreaterThan(0)
    await until(it.restarts, (now) => now['server'] === server + 1, 60_000)
    await it.isUp()
    expect(await it.said()).toEqual(said)
  })

  test('a prober that is killed starts again, and its rounds come on', long, async () => {
    const { prober = 0 } = await it.restarts()
    expect(await it.signal('SIGKILL', 'probe')).toBeGreaterThan(0)
    await until(it.restarts, (now) => now['prober'] === prober + 1, 60_000)
    await it.isUp()
    expect(await it.label()).toBe('missing')
  })

  test(
    'a prober that stands still: not ready at once, the label when it is time, 503 all the while',
    long,
    async () => {
      // What happened to it before is over.
      await until(it.podIsReady, (now) => now === 'True', 60_000)
      const gate = watch(() => it.ask('/ready/overlay'))
      const ready = watch(it.podIsReady)
      const label = watch(() => it.label('overlay'))
      const all = [gate, ready, label]
      await until(
        () => Promise.resolve(all.every(({ seen }) => seen.length > 0)),
        (isSo) => isSo,
      )
      let check: ReportCheck | null = null
      try {
        expect(await it.signal('SIGSTOP', 'probe')).toBeGreaterThan(0)
        await until(
          () => it.label('overlay'),
          (state) => state === 'unknown',
          120_000,
        )
        // Longer than kube-proxy takes to hear of a pod that is not ready.
        await sleep(5_000)
        check = JSON.parse((await it.ask('/v1/checks/overlay')).replace(/^\d+ /, ''))
      } finally {
        for (const watched of all) await watched.stop()
        await it.signal('SIGCONT', 'probe')
      }
      // No connect that hangs, no other answer: at once, and some moments later with the half that it is.
      const [before, ...after] = gate.seen.map(({ value }) => value.split('\n')[0])
      expect(before).toBe('200 ready')
      const late = 'nothing new was heard from the host: no round has come for more than 15s'
      for (const text of after) expect(text).toContain(`503 unknown: ${late}`)
      expect(new Set(after).size).toBeLessThanOrEqual(2)
      expect(after.at(-1)).toContain('; the prober has stopped, or cannot write it (RoundStale)')
      expect(ready.seen.map(({ value }) => value)).toEqual(['True', 'False'])
      expect(label.seen.map(({ value }) => value)).toEqual(['ready', 'unknown'])
      const [unknownAt = 0, notReadyAt = 0, labelAt = 0] = all.map(({ seen }) => seen[1]?.at)
      const afterIt = (time: number) => `${Math.round(time - unknownAt)} ms`
      console.log(`after the Service said so: not ready ${afterIt(notReadyAt)}, label ${afterIt(labelAt)}`)
      expect(Math.max(unknownAt, notReadyAt)).toBeLessThan(labelAt)
      // By the server's own clock.
      expect(Date.parse(check?.told.since ?? '') - Date.parse(check?.since ?? '')).toBeGreaterThanOrEqual(
        30_000,
      )
      expect(check?.told).toMatchObject({ state: 'unknown', reason: 'RoundStale' })
      await until(
        () => it.label('overlay'),
        (state) => state === 'ready',
        60_000,
      )
      await until(it.podIsReady, (now) => now === 'True', 60_000)
      expect(await it.ask('/ready/overlay')).toMatch(/^200 ready/)
    },
  )

  test('an API server that is away: the Service answers, and what changed comes after', long, async () => {
    const counts = await it.restarts()
    await it.on.cluster.stopApiServer()
    try {
      await it.host.apt('install', '--no-install-recommends', 'cryptsetup-bin')
      await until(
        () => it.ask('/ready/cryptsetup'),
        (said) => said.startsWith('200'),
        30_000,
      )
      expect(await it.ask('/ready/open-iscsi')).toContain('503 missing')
    } finally {
      await it.on.cluster.startApiServer()
    }
    await until(
      () => it.label('cryptsetup'),
      (state) => state === 'ready',
      90_000,
    )
    await it.isUp()
    expect(await it.restarts()).toEqual(counts)
  })

  test('a full emptyDir: unknown, and by itself well again', long, async () => {
    const fill = `const {writeSync,openSync}=require('node:fs');const f=openSync('/run/hostdeps/full','w');
      try { for(;;) writeSync(f, Buffer.alloc(65536)) } catch (error) { console.log(error.code) }`
    expect(await it.on.exec(await it.agent(), 'prober', 'node', '-e', fill)).toContain('ENOSPC')
    await until(
      () => it.ask('/ready/open-iscsi'),
      (said) => said.startsWith('503 unknown'),
      60_000,
    )
    expect(await it.ask('/readyz')).toMatch(/^503 .*no round has come for more than 15s/s)
    await until(it.label, (state) => state === 'unknown', 90_000)
    expect(await it.ask('/ready/open-iscsi')).toContain(
      'no round has come for more than 15s; the prober has stopped, or cannot write it',
    )
    expect(await it.condition()).toMatchObject({ status: 'Unknown', reason: 'RoundStale' })
    await it.on.exec(
      await it.agent(),
      'prober',
      'node',
      '-e',
      "require('node:fs').rmSync('/run/hostdeps/full')",
    )
    await it.isUp()
    await until(it.label, (state) => state === 'missing', 60_000)
    expect(await it.condition()).toMatchObject({ status: 'False', reason: 'BinaryNotFound' })
  })

  test('a reboot of the node: the same pod is there again and says the same', long, async () => {
    const [{ metadata }, was] = [await it.agent(), await it.condition()]
    const { server = 0 } = await it.restarts()
    await it.on.nodes[0].reboot()
    await until(it.restarts, (now) => (now['server'] ?? 0) > server, 120_000)
    await it.isUp()
    expect((await it.agent()).metadata?.uid).toBe(metadata?.uid)
    await until(it.label, (state) => state === 'missing', 60_000)
    expect((await it.condition())?.lastTransitionTime).toEqual(was?.lastTransitionTime)
  })
})
