import { expect, test } from 'vitest'
import { findKubeAccess } from '#agent/kube/access/find-kube-config.ts'
import { openSuggestApi } from '#agent/kube/open-suggest-api.ts'
import { fakeApi, status } from './fake-api.ts'
import type { Answer } from './fake-api.ts'
import { rawPod } from './raw-objects.ts'

async function openTo(answer: Answer) {
  const api = await fakeApi(answer)
  const found = findKubeAccess({ file: api.kubeConfig, context: null })
  if (found === null) throw new Error('no kubeconfig')
  return { api, suggest: openSuggestApi({ config: found.config, deadline: 30_000, as: null }) }
}

test('pods: each image once a pod, init containers too, and anew when the pages have expired', async () => {
  let expired = 1
  const { api, suggest } = await openTo(({ url }) => {
    const next = url.searchParams.get('continue')
    if (next !== null && expired-- > 0) return status(410, 'The provided continue parameter is too old')
    if (next !== null) return { items: [rawPod('b', ['x:1'])], metadata: {} }
    const first = rawPod('a', ['x:1', 'x:1'], { initContainers: [{ name: 'init', image: 'y' }] })
    const second = rawPod('a', ['x:1'], { volumes: [{ name: 'data', nfs: { server: 's', path: '/' } }] })
    return { items: [first, second], metadata: { continue: 'more' } }
  })
  const answer = await suggest.pods(null)
  expect(api.asked).toHaveLength(4)
  expect(api.asked[0]?.url.searchParams.get('fieldSelector')).toBe(
    'status.phase!=Succeeded,status.phase!=Failed',
  )
  expect(answer).toEqual({
    ok: true,
    value: {
      images: new Map([
        [
          'x:1',
          new Map([
            ['a', 2],
            ['b', 1],
          ]),
        ],
        ['y', new Map([['a', 1]])],
      ]),
      containers: new Map([
        [
          'c0',
          new Map([
            ['a', 2],
            ['b', 1],
          ]),
        ],
        ['c1', new Map([['a', 1]])],
        ['init', new Map([['a', 1]])],
      ]),
      volumes: new Map([['nfs', new Map([['a', 1]])]]),
      configs: new Map(),
    },
  })
})

test("the ConfigMap that agents mount as config, and nobody else's", async () => {
  const config = { volumes: [{ name: 'config', configMap: { name: 'mine' } }] }
  const labels = { 'app.kubernetes.io/name': 'hostdeps' }
  const { suggest } = await openTo(() => ({
    items: [
      rawPod('a', ['x'], { ...config, labels }),
      rawPod('b', ['x'], config),
      rawPod('a', ['x'], { labels }),
    ],
  }))
  const answer = await suggest.pods('a')
  expect(answer.ok && answer.value.configs).toEqual(new Map([['mine', new Map([['a', 1]])]]))
})

test('drivers, those of nodes, and volumes', async () => {
  const lists: Readonly<Record<string, readonly object[]>> = {
    '/apis/storage.k8s.io/v1/csidrivers': [{ metadata: { name: 'driver.longhorn.io' } }],
    '/apis/storage.k8s.io/v1/csinodes': [
      { spec: { drivers: [{ name: 'a' }, { name: 'b' }] } },
      { spec: { drivers: null } },
      { spec: { drivers: [{ name: 'a' }] } },
    ],
    '/api/v1/persistentvolumes': [
      { spec: { csi: { driver: 'a' } } },
      { spec: { nfs: { server: 's', path: '/' } } },
      { spec: { hostPath: { path: '/' } } },
    ],
  }
  const { suggest } = await openTo(({ url }) => ({ items: lists[url.pathname] }))
  expect(await suggest.csiDrivers()).toEqual({ ok: true, value: ['driver.longhorn.io'] })
  expect(await suggest.csiNodes()).toEqual({
    ok: true,
    value: new Map([
      ['a', 2],
      ['b', 1],
    ]),
  })
  expect(await suggest.persistentVolumes()).toEqual({
    ok: true,
    value: { drivers: new Map([['a', 1]]), sources: new Map([['nfs', 1]]) },
  })
})
