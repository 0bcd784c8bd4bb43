import type { V1Pod } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReportCheck } from '#agent/model/report.ts'
import { mergePatch } from './plane/api-client.ts'
import { hasRealCluster } from './nodes/real-cluster.ts'
import { startSurvivor } from './nodes/survivor.ts'
import type { Survivor } from './nodes/survivor.ts'
import { until } from './plane/test-node.ts'

const secret = 'what-the-pod-put-there'

/** What a pod does before it waits: a program that leaves a trace, and a text where the host has another. */
const bait = `
printf '#!/bin/sh\\nbusybox id -u > /was-run\\necho bash 1.0\\n' > /bin/env; busybox chmod 755 /bin/env
busybox mkdir -p /etc /usr/lib; echo ${secret} > /etc/os-release; echo ${secret} > /etc/bound`
const bind = 'busybox mount --bind /etc/bound /proc/sys/kernel/ostype'

const kinds: readonly { kind: string; spec: object; context: object; before: string; within: string }[] = [
  { kind: 'plain', spec: {}, context: {}, before: '', within: '' },
  { kind: 'userns', spec: {}, context: {}, before: '', within: 'busybox unshare -Urm ' },
  { kind: 'hostpid', spec: { hostPID: true }, context: {}, before: '', within: '' },
  { kind: 'privileged', spec: { hostPID: true }, context: { privileged: true }, before: bind, within: '' },
]

function impostor(name: string, { kind, spec, context, before, within }: (typeof kinds)[number]): V1Pod {
  const act = `${kind === 'userns' ? `${bind} && ` : ''}printf ${name} > /proc/self/comm; while :; do sleep 3600; done`
  const script = `${bait}\n${before}\nexec ${within}sh -c '${act}'`
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${name}-${kind}`, labels: { app: 'impostor' } },
    spec: {
      ...spec,
      nodeName: 'worker-1',
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'main',
          image: 'localhost/busybox:test',
          command: ['sh', '-c', script],
          securityContext: context,
        },
      ],
    },
  }
}

const check = (need: string) => `title: T\nwhy: W.\nneeds: [${need}]\nfix: { all: { note: Do it. } }\n`
const checks = Object.fromEntries(
  ['kubelet', 'iscsid'].flatMap((name) =>
    Object.entries({
      ostype: 'sysctl: kernel.ostype',
      letters: `file: { path: /etc/os-release, matches: '^what-the-pod-put-.*' }`,
      runs: 'binary: env, run: [--version]',
      there: 'binary: /mnt/mount.nfs',
    }).map(([what, need]) => [`${what}-${name}`, check(`{ ${need}, in: { process: ${name} } }`)]),
  ),
)

/** The DaemonSet as it is shipped, with commands of custom checks allowed, which is worse. */
describe.skipIf(!hasRealCluster)('pods that call themselves kubelet and iscsid', () => {
  let node: Survivor
  beforeAll(async () => {
    node = await startSurvivor()
    const pods = '/api/v1/namespaces/default/pods'
    for (const name of ['kubelet', 'iscsid'])
      for (const one of kinds)
        await node.on.cluster.call({ method: 'POST', path: pods, body: impostor(name, one) })
    await until(callThemselves, (all) => ['kubelet', 'iscsid'].every((name) => all(name) >= kinds.length))
    await allowCommands(node)
    await node.writeChecks(checks)
    // From now on the impostors are older.
    await node.host.exec(['systemctl', 'restart', 'kubelet'])
    await until(
      () => said('ostype-iscsid'),
      ({ name }) => name === 'ostype-iscsid',
    )
    await node.isUp()
  })
  afterAll(() => node?.on.stop())

  /** How many processes of the node call themselves so. */
  const callThemselves = async () => {
    const { stdout } = await node.host.exec(['ps', '-eo', 'comm='])
    return (name: string) => stdout.split('\n').filter((line) => line.trim() === name).length
  }
  const said = async (name: string): Promise<Partial<ReportCheck>> => {
    const text = await node.ask(`/v1/checks/${name}`)
    return text.startsWith('200 ') ? JSON.parse(text.slice(4)) : {}
  }
  const states = async () => {
    const all = await Promise.all(Object.keys(checks).map(said))
    return Object.fromEntries(all.map(({ name, state }) => [name, state]))
  }
  const traces = async () => {
    const { stdout } = await node.host.exec(['find', '/run/containerd', '-name', 'was-run'])
    return stdout.trim()
  }

  test('the kubelet of the host is found beside four older ones, and nothing else is', async () => {
    const wanted = {
      'ostype-kubelet': 'ready',
      'letters-kubelet': 'missing',
      'runs-kubelet': 'ready',
      'there-kubelet': 'missing',
      'ostype-iscsid': 'unknown',
      'letters-iscsid': 'unknown',
      'runs-iscsid': 'unknown',
      'there-iscsid': 'unknown',
    }
    await expect.poll(states).toEqual(wanted)
    expect(await said('ostype-kubelet')).toMatchObject({ message: 'kernel.ostype is Linux' })
    expect(await node.ask('/v1/report')).not.toContain(secret)
    expect(await traces()).toBe('')
  })

  test('a kubelet with its own mount namespace, as on Talos, shows what exists and no more', async () => {
    const inside =
      'mount --bind /mnt /mnt; mount --make-private /mnt; mount -t tmpfs t /mnt; printf x > /mnt/mount.nfs; chmod 755 /mnt/mount.nfs'
    const { stdout: unit } = await node.host.exec(['cat', '/etc/systemd/system/kubelet.service'])
    const [, start = ''] = /^ExecStart=(.*)$/m.exec(unit) ?? []
    const own = `[Service]\nExecStart=\nExecStart=/usr/bin/unshare -m --propagation unchanged sh -c "${inside}; exec ${start}"\n`
    await node.host.writeFile('/etc/systemd/system/kubelet.service.d/own.conf', own)
    await node.host.exec(['systemctl', 'daemon-reload'])
    await node.host.exec(['systemctl', 'restart', 'kubelet'])
    const wanted = {
      'ostype-kubelet': 'unknown',
      'letters-kubelet': 'unknown',
      'runs-kubelet': 'unknown',
      'there-kubelet': 'ready',
    }
    await expect.poll(states).toMatchObject(wanted)
    expect(await said('there-kubelet')).toMatchObject({ message: '/mnt/mount.nfs is at /mnt/mount.nfs' })
    expect(await node.ask('/v1/report')).not.toContain(secret)
    expect(await traces()).toBe('')
  })
})

async function allowCommands({ on }: Survivor): Promise<void> {
  const path = '/apis/apps/v1/namespaces/hostdeps/daemonsets/hostdeps'
  const { spec } = await on.cluster.call<{
    spec: { template: { spec: { containers: { args: string[] }[] } } }
  }>({
    path,
  })
  const [prober] = spec.template.spec.containers
  prober?.args.push('--allow-commands')
  await on.cluster.call({ method: 'PATCH', path, type: mergePatch, body: { spec } })
}
