import { expect, test } from 'vitest'
import { findKubeAccess } from '#agent/kube/access/find-kube-config.ts'
import { openJobApi } from '#agent/kube/open-job-api.ts'
import { fakeApi, status } from './fake-api.ts'
import type { Answer } from './fake-api.ts'

async function imageBy(answer: Answer) {
  const api = await fakeApi(answer)
  const found = findKubeAccess({ file: api.kubeConfig, context: null })
  if (found === null) throw new Error('no kubeconfig')
  const jobs = openJobApi({ config: found.config, deadline: 30_000, as: null })
  return { answer: await jobs.agentImage('tools'), asked: api.asked.map(({ url }) => url.href.slice(10)) }
}

function daemonSet(image: string) {
  const containers = [
    { name: 'prober', image },
    { name: 'server', image: 'another' },
  ]
  return { spec: { template: { spec: { containers, imagePullSecrets: [{ name: 'pull' }] } } } }
}
const path = '/apis/apps/v1/namespaces/tools/daemonsets'
const byLabel = `${path}?labelSelector=app.kubernetes.io%2Fname%3Dhostdeps&limit=500`

test("the agents' image is that of the DaemonSet hostdeps", async () => {
  const { answer, asked } = await imageBy(() => daemonSet('mine:1'))
  expect(answer).toEqual({ ok: true, value: { image: 'mine:1', pullSecrets: ['pull'] } })
  expect(asked).toEqual([`${path}/hostdeps`])
})

test('or of the one with its label, as a chart names it', async () => {
  const { answer, asked } = await imageBy(({ url }) =>
    url.pathname === path ? { items: [daemonSet('mine:2')], metadata: {} } : undefined,
  )
  expect(answer).toMatchObject({ ok: true, value: { image: 'mine:2' } })
  expect(asked).toEqual([`${path}/hostdeps`, byLabel])
})

test.each<[string, Answer, number]>([
  ['there is none', ({ url }) => (url.pathname === path ? { items: [], metadata: {} } : undefined), 404],
  ['they may not be listed', ({ url }) => (url.pathname === path ? status(403, 'no') : undefined), 404],
  ['the one may not be read', () => status(403, 'no'), 403],
])('is not known when %s', async (_, reply, code) => {
  expect((await imageBy(reply)).answer).toMatchObject({ ok: false, status: code })
})
