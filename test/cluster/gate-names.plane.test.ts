import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callApi, mergePatch } from './plane/api-client.ts'
import { requires, startGatedCluster, templateOf, workload } from './plane/gated-cluster.ts'
import type { GatedCluster, Template } from './plane/gated-cluster.ts'
import { until } from './plane/test-node.ts'

const both = 'checks: [open-iscsi, my-own]\n'
/** What is there of my-own after that. */
const without = 'checks: [open-iscsi]\n'

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('names that are not published', () => {
  let gate: GatedCluster
  beforeAll(async () => {
    gate = await startGatedCluster()
    await gate.configure(both)
  })
  afterAll(() => gate?.cluster.stop())

  const api = (method: string, path: string, body?: object) =>
    callApi<{
      message?: string
      metadata?: { finalizers?: string[] }
      items?: { metadata: { name: string } }[]
    }>(gate.cluster.admin, {
      method,
      path,
      ...(body && { body }),
      ...(method === 'PATCH' && { type: mergePatch }),
    })
  const free = '/apis/apps/v1/namespaces/free'

  test('are rejected in a pod, with the published ones listed', async () => {
    const { status, body } = await gate.make({ requires: 'open-iscsi, open-icsi', namespace: 'free' })
    expect([status, body.message]).toEqual([
      422,
      expect.stringContaining(
        'hostdeps.dev/requires names open-icsi, which hostdeps does not publish; it publishes open-iscsi, my-own (add it to "checks" in the ConfigMap hostdeps of hostdeps',
      ),
    ])
  })

  test.each(kinds)('are refused in a $kind', async ({ kind, path, wrap }) => {
    const body = wrap(templateOf('open-iscsi,cilium'))
    const { status, body: answer } = await api('POST', `${path}/namespaces/free/${kind.toLowerCase()}s`, body)
    expect([status, answer.message]).toEqual([422, expect.stringContaining('names cilium, which')])
  })

  test.each(kinds)('and those that are published not in a $kind', async ({ kind, path, wrap }) => {
    const body = wrap(templateOf(' open-iscsi , my-own'))
    const url = `${path}/namespaces/free/${kind.toLowerCase()}s?dryRun=All`
    const { status, warnings } = await api('POST', url, body)
    expect([status, warnings]).toEqual([201, ''])
  })

  test.each([
    ['what cannot be a name', 'Open_iSCSI!', 'names Open_iSCSI!, which hostdeps'],
    ['a key of the config', 'checks', 'names checks, which hostdeps'],
    ['lines', 'one\ntwo', 'names a check that hostdeps does not publish'],
    ['more names than a message holds', 'a,'.repeat(2_000), 'names a check that hostdeps does not publish'],
    ['more than can be published', 'open-iscsi,'.repeat(400), 'is longer than 4096 characters'],
  ])('%s is refused in our own words', async (_, asked, said) => {
    const { status, body } = await gate.make({ requires: asked })
    expect([status, body.message]).toEqual([422, expect.stringContaining(said)])
  })

  test('the pods of a controller are still created, with a warning, and gated by the published checks', async () => {
    const { status, body, warnings } = await gate.make({
      requires: 'open-iscsi,gone',
      madeBy: 'ReplicaSet',
      namespace: 'free',
    })
    expect([status, body.spec?.nodeSelector]).toEqual([201, { 'hostdeps.dev/open-iscsi': 'ready' }])
    expect(warnings).toContain(
      'names gone, which hostdeps does not publish; it publishes open-iscsi, my-own (add it',
    )
    expect(warnings).toContain('no pod is kept off for that')
  })

  test('nor are they stopped by an annotation that is too long', async () => {
    const wanted = { requires: 'open-iscsi,'.repeat(400), madeBy: 'ReplicaSet' }
    const { status, body, warnings } = await gate.make(wanted)
    expect([status, body.spec?.nodeSelector]).toEqual([201, undefined])
    expect(warnings).toContain('is longer than 4096 characters; no pod is kept off for it')
  })

  test('a pod that sets nodeName gets a warning that the annotation does nothing', async () => {
    const { status, warnings } = await gate.make({ requires: 'open-iscsi', nodeName: 'worker-1' })
    expect([status, warnings]).toEqual([
      201,
      expect.stringContaining('does not work for pods that set nodeName'),
    ])
  })

  test('what was right before the config changed still works, and gets a warning', async () => {
    await gate.configure(both)
    const path = `${free}/deployments/before`
    const body = workload('Deployment', 'before', templateOf('my-own'))
    expect((await api('POST', `${free}/deployments`, body)).status).toBe(201)
    await gate.configure(without)
    const scaled = await api('PATCH', path, { spec: { replicas: 2 } })
    expect([scaled.status, scaled.warnings]).toEqual([200, expect.stringContaining('names my-own, which')])
    const environment = [{ name: 'c0', image: 'example.com/none', env: [{ name: 'NEW', value: 'yes' }] }]
    const template = { spec: { containers: environment } }
    expect((await api('PATCH', path, { spec: { template } })).status).toBe(200)
    // A rollout makes another ReplicaSet, and its pods.
    const pods = () => api('GET', '/api/v1/namespaces/free/pods?labelSelector=app%3Dbefore')
    const sets = () => api('GET', `${free}/replicasets?labelSelector=app%3Dbefore`)
    await until(sets, ({ body: { items } }) => items?.length === 2)
    await until(pods, ({ body: { items } }) => (items?.length ?? 0) >= 2)
    const renamed = (asked: string) => ({
      spec: { template: { metadata: { annotations: { [requires]: asked } } } },
    })
    const refused = await api('PATCH', path, renamed('my-own,open-iscsi'))
    expect([refused.status, refused.body.message]).toEqual([422, expect.stringContaining('names my-own')])
    const mended = await api('PATCH', path, renamed('open-iscsi'))
    expect([mended.status, mended.warnings]).toEqual([200, ''])
  })

  test.each(['Foreground', 'Background'])('it can be deleted, %s', async (propagationPolicy) => {
    await gate.configure(both)
    const path = `${free}/deployments/deleted`
    const body = workload('Deployment', 'deleted', templateOf('my-own'))
    expect((await api('POST', `${free}/deployments`, body)).status).toBe(201)
    const sets = () => api('GET', `${free}/replicasets?labelSelector=app%3Ddeleted`)
    await until(sets, ({ body: { items } }) => items?.length === 1)
    await gate.configure(without)
    const deleted = await api('DELETE', `${path}?propagationPolicy=${propagationPolicy}`)
    const finalizers = propagationPolicy === 'Foreground' ? ['foregroundDeletion'] : undefined
    expect([deleted.status, deleted.body.metadata?.finalizers]).toEqual([200, finalizers])
    await until(
      () => api('GET', path),
      ({ status }) => status === 404,
    )
    await until(sets, ({ body: { items } }) => items?.length === 0)
  })
})

const kinds = [
  ...['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'].map((kind) => ({
    kind,
    path: '/apis/apps/v1',
    wrap: (template: Template) => workload(kind, 'a', template),
  })),
  { kind: 'Job', path: '/apis/batch/v1', wrap: (template: Template) => ofBatch('Job', jobSpec(template)) },
  {
    kind: 'CronJob',
    path: '/apis/batch/v1',
    wrap: (template: Template) =>
      ofBatch('CronJob', { schedule: '0 0 1 1 *', jobTemplate: { spec: jobSpec(template) } }),
  },
]

function ofBatch(kind: string, spec: object) {
  return { apiVersion: 'batch/v1', kind, metadata: { name: 'a' }, spec }
}

function jobSpec({ metadata, spec }: Template) {
  return { template: { metadata, spec: { ...spec, restartPolicy: 'Never' } } }
}
