import type { V1Pod } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callApi, mergePatch } from './api-client.ts'
import { startControlPlane } from './control-plane.ts'
import type { ControlPlane } from './control-plane.ts'
import { until } from './test-node.ts'

const manifests = new URL('../../manifests', import.meta.url).pathname
const key = 'hostdeps.dev/requires'
const published = 'checks: [open-iscsi, nfs-client, longhorn, my-own]\n'

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('the gate', () => {
  let cluster: ControlPlane
  beforeAll(async () => {
    cluster = await startControlPlane()
    await cluster.call({ method: 'POST', path: '/api/v1/nodes', body: node })
    await cluster.kubectl('apply', '-k', manifests)
    await cluster.kubectl('apply', '-k', `${manifests}/overlays/gate`)
    for (const name of ['gated', 'free']) await cluster.kubectl('create', 'namespace', name)
    await cluster.kubectl('label', 'namespace', 'gated', 'hostdeps.dev/gate=enabled')
    for (const name of ['gated', 'free'])
      await until(
        () => callApi(cluster.admin, { path: `/api/v1/namespaces/${name}/serviceaccounts/default` }),
        ({ status }) => status === 200,
      )
    await configure(published)
    // Policies are in force a moment after they were made.
    await until(
      () => make({ requires: 'nonsense' }),
      ({ status }) => status === 422,
    )
    await until(
      () => selectorOf({ requires: 'nfs-client' }),
      (selector) => selector?.['hostdeps.dev/nfs-client'] === 'ready',
    )
    await until(
      () => selectorOf({ images: ['longhornio/longhorn-manager'] }),
      (selector) => selector?.['hostdeps.dev/longhorn'] === 'ready',
    )
  }, 120_000)
  afterAll(() => cluster?.stop())

  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'worker-1', labels: { 'kubernetes.io/os': 'linux' } },
  }
  const configure = (config: string | null) =>
    cluster.call({
      method: 'PATCH',
      path: '/api/v1/namespaces/hostdeps/configmaps/hostdeps',
      type: mergePatch,
      body: { data: { 'config.yaml': config } },
    })

  interface Wanted {
    readonly requires?: string
    readonly images?: readonly string[]
    readonly selector?: Readonly<Record<string, string>>
    readonly namespace?: string
  }
  const podOf = ({ requires, images = ['example.com/none'], selector }: Wanted) => ({
    metadata: {
      generateName: 'pod-',
      ...(requires !== undefined && { annotations: { [key]: requires } }),
    },
    spec: {
      ...(selector && { nodeSelector: selector }),
      containers: images.map((image, number) => ({ name: `c${number}`, image })),
    },
  })
  const make = (wanted: Wanted, dryRun = true) =>
    callApi<V1Pod & { message?: string }>(cluster.admin, {
      method: 'POST',
      path: `/api/v1/namespaces/${wanted.namespace ?? 'gated'}/pods${dryRun ? '?dryRun=All' : ''}`,
      body: { apiVersion: 'v1', kind: 'Pod', ...podOf(wanted) },
    })
  const selectorOf = async (wanted: Wanted) => (await make(wanted)).body.spec?.nodeSelector

  test.each<[string, Wanted, Record<string, string> | undefined]>([
    ['one check', { requires: 'open-iscsi' }, { 'open-iscsi': 'ready' }],
    [
      'two checks and blanks',
      { requires: ' open-iscsi ,nfs-client, ' },
      { 'open-iscsi': 'ready', 'nfs-client': 'ready' },
    ],
    ['one twice', { requires: 'open-iscsi,open-iscsi' }, { 'open-iscsi': 'ready' }],
    ['an own check', { requires: 'my-own' }, { 'my-own': 'ready' }],
    ['nothing', { requires: '' }, undefined],
    ['none', { requires: 'none', images: ['longhornio/longhorn-manager:v1'] }, undefined],
    ['no annotation', {}, undefined],
    ['another namespace', { requires: 'open-iscsi', namespace: 'free' }, undefined],
    [
      'another namespace, a known image',
      { images: ['longhornio/longhorn-manager'], namespace: 'free' },
      undefined,
    ],
    ['a known image', { images: ['longhornio/longhorn-manager:v1.12.2'] }, { longhorn: 'ready' }],
    [
      'a known image beside another',
      { images: ['busybox', 'docker.io/longhornio/longhorn-manager'] },
      { longhorn: 'ready' },
    ],
    [
      'a mirror of it, by digest',
      { images: [`registry.example:5000/longhornio/longhorn-manager@sha256:${'a'.repeat(64)}`] },
      { longhorn: 'ready' },
    ],
    [
      'an image that only looks like it',
      { images: ['otherlonghornio/longhorn-manager', 'longhornio/longhorn-manager-x'] },
      undefined,
    ],
    [
      'a known image that says itself what it needs',
      { requires: 'nfs-client', images: ['longhornio/longhorn-manager'] },
      { 'nfs-client': 'ready' },
    ],
  ])('%s', async (_, wanted, labels) => {
    const selector =
      labels &&
      Object.fromEntries(Object.entries(labels).map(([name, value]) => [`hostdeps.dev/${name}`, value]))
    expect(await selectorOf(wanted)).toEqual(selector)
  })

  test('what the pod selects itself is kept', async () => {
    expect(await selectorOf({ requires: 'open-iscsi', selector: { disk: 'ssd' } })).toEqual({
      disk: 'ssd',
      'hostdeps.dev/open-iscsi': 'ready',
    })
  })

  test('names that are not published are refused, in pods and in what makes pods', async () => {
    const { status, body } = await make({ requires: 'open-iscsi, open-icsi' })
    expect([status, body.message]).toEqual([
      422,
      expect.stringContaining(
        'hostdeps.dev/requires names open-icsi, which hostdeps does not publish; it publishes open-iscsi, nfs-client, longhorn, my-own',
      ),
    ])
    const template = {
      ...podOf({ requires: 'cilium' }),
      metadata: { labels: { app: 'a' }, annotations: { [key]: 'cilium' } },
    }
    const spec = { selector: { matchLabels: { app: 'a' } }, template }
    for (const kind of ['Deployment', 'DaemonSet', 'StatefulSet']) {
      const made = await callApi<{ message?: string }>(cluster.admin, {
        method: 'POST',
        path: `/apis/apps/v1/namespaces/gated/${kind.toLowerCase()}s`,
        body: { apiVersion: 'apps/v1', kind, metadata: { name: 'a' }, spec },
      })
      expect([kind, made.status, made.body.message]).toEqual([
        kind,
        422,
        expect.stringContaining('names cilium'),
      ])
    }
  })

  test('what cannot be a name is refused in our own words', async () => {
    const { status, body } = await make({ requires: 'Open_iSCSI!' })
    expect([status, body.message]).toEqual([
      422,
      expect.stringContaining('names Open_iSCSI!, which hostdeps'),
    ])
  })

  test('the pod is Pending, and the scheduler says why; it is bound when the label is there', async () => {
    const { body } = await make({ requires: 'open-iscsi' }, false)
    const path = `/api/v1/namespaces/gated/pods/${body.metadata?.name}`
    const pod = () => cluster.call<V1Pod>({ path })
    await until(pod, ({ status }) => status?.conditions?.[0]?.reason === 'Unschedulable')
    const { status } = await pod()
    expect(status?.conditions?.[0]?.message).toMatch(/didn't match Pod's node affinity\/selector/)
    await cluster.kubectl('label', 'node', 'worker-1', 'hostdeps.dev/open-iscsi=ready')
    await cluster
      .kubectl('taint', 'node', 'worker-1', 'node.kubernetes.io/not-ready-')
      .catch(() => 'it has none')
    await cluster.call({
      method: 'PATCH',
      path: '/api/v1/nodes/worker-1/status',
      type: mergePatch,
      body: {
        status: {
          capacity: { cpu: '2', memory: '4Gi', pods: '9' },
          allocatable: { cpu: '2', memory: '4Gi', pods: '9' },
        },
      },
    })
    await until(pod, ({ spec }) => spec?.nodeName === 'worker-1', 60_000)
  })

  test.each([
    [
      'one a line',
      'interval: 60s\nchecks:\n  - open-iscsi\n  # and our own\n  - my-own\nhttp: { port: 1 }\n',
      ['open-iscsi', 'my-own'],
      ['nfs-client', 'port', 'interval', 'own'],
    ],
    [
      'with a comment beside it',
      'checks: # ours\n  - my-own # - longhorn\n# - cilium\n',
      ['my-own'],
      ['longhorn', 'cilium', 'ours'],
    ],
    ['on several lines', 'checks: [\n  open-iscsi,\n  my-own ]\n', ['my-own'], ['nfs-client']],
    ['in quotes', '"checks": ["my-own"]\n', ['my-own'], ['open-iscsi']],
    ['not at all', 'interval: 60s\n', ['time-sync', 'open-iscsi'], ['my-own']],
  ])('what is published can be written %s', async (_, config, taken, refused) => {
    await configure(config)
    // What the API server knows of the ConfigMap follows a moment later.
    await until(
      () => make({ requires: refused[0] ?? '' }),
      ({ status }) => status === 422,
    )
    for (const name of taken) expect([name, (await make({ requires: name })).status]).toEqual([name, 201])
    for (const name of refused) expect([name, (await make({ requires: name })).status]).toEqual([name, 422])
  })

  test('a workload whose check is not published is not gated: no node would ever have the label', async () => {
    await configure('checks: [open-iscsi]\n')
    await until(
      () => selectorOf({ images: ['longhornio/longhorn-manager'] }),
      (selector) => selector === undefined,
    )
  })

  test('200 images and 64 checks are within what an expression may cost', async () => {
    await configure(`checks: [${Array.from({ length: 64 }, (_, number) => `check-${number}`).join(', ')}]\n`)
    await until(
      () => make({ requires: 'check-63' }),
      ({ status }) => status === 201,
    )
    const requires = Array.from({ length: 64 }, (_, number) => `check-${number}`).join(',')
    const images = Array.from(
      { length: 200 },
      (_, number) => `registry.example.com/some/where/image-${number}:v1`,
    )
    const selector = await selectorOf({ requires, images })
    expect(Object.keys(selector ?? {})).toHaveLength(64)
  })

  test('without its ConfigMap, or with nonsense in it, no pod is stopped', async () => {
    await configure(null)
    await until(
      () => make({ requires: 'open-iscsi' }),
      ({ status }) => status === 201,
    )
    await cluster.kubectl('delete', 'configmap', '-n', 'hostdeps', 'hostdeps')
    await until(
      () => make({ requires: 'nonsense' }),
      ({ status }) => status === 201,
    )
    expect(await selectorOf({ requires: 'nonsense, Not_A_Name!' })).toBeUndefined()
    expect((await make({ images: ['longhornio/longhorn-manager'] })).status).toBe(201)
  })
})
