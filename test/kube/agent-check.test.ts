import { expect, test } from 'vitest'
import { findKubeAccess } from '#agent/kube/access/find-kube-config.ts'
import { openClusterApi } from '#agent/kube/open-cluster-api.ts'
import { agentOn, hostile } from '../cluster/made-nodes.ts'
import { makeReport } from '../http/report-fixture.ts'
import { fakeApi, status } from './fake-api.ts'

async function ask(answer: unknown) {
  const api = await fakeApi(() => answer)
  const found = findKubeAccess({ file: api.kubeConfig, context: null })
  if (found === null) throw new Error('no kubeconfig')
  const cluster = openClusterApi({ config: found.config, deadline: 30_000, as: null })
  return { said: await cluster.agentCheck(agentOn('worker-1'), 'open-iscsi'), asked: api.asked }
}

const iscsi = makeReport().checks.find(({ name }) => name === 'open-iscsi')

test('through the API server, and only ids, states and times are taken', async () => {
  const { said, asked } = await ask({ node: 'worker-1', ...iscsi })
  expect(said).toEqual({
    ok: true,
    value: {
      state: 'missing',
      since: iscsi?.since,
      needs: expect.arrayContaining([{ id: 'binary:iscsiadm', reason: 'BinaryNotFound' }]),
    },
  })
  expect(asked.map(({ url }) => url.pathname)).toEqual([
    '/api/v1/namespaces/hostdeps/pods/hostdeps-worker-1/proxy/v1/checks/open-iscsi',
  ])
})

test.each<[string, unknown, string]>([
  ['the right is missing', status(403, 'pods/proxy is forbidden'), 'pods/proxy is forbidden'],
  [
    'another check',
    { ...iscsi, name: 'nfs-client' },
    'hostdeps/hostdeps-worker-1 does not answer as an agent does',
  ],
  ['another service', { ok: true }, 'hostdeps/hostdeps-worker-1 does not answer as an agent does'],
])('%s', async (_, answer, message) => {
  expect((await ask(answer)).said).toMatchObject({ ok: false, message })
})

test('an impostor cannot mislead a terminal', async () => {
  const findings = [{ need: hostile, state: 'missing', reason: hostile }]
  expect(JSON.stringify((await ask({ ...iscsi, findings })).said)).not.toMatch(/u001b|\u202e/)
})
