import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import type { V1ConfigMap, V1Node, V1SubjectAccessReview } from '@kubernetes/client-node'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { openNodeApi } from '#agent/kube/open-node-api.ts'
import type { NodeCondition, NodePatch } from '#agent/node/node-api.ts'
import { takeOffLast } from '#agent/publish/take-off-last.ts'
import { kubeletNode } from '../bench/scale/kubelet-node.ts'
import { applyPatch, mergePatch } from './plane/api-client.ts'
import { flag, useFlaggedNode } from './plane/flagged-node.ts'
import { until } from './plane/test-node.ts'

/** What manifests/README.md says of the tools that stand beside hostdeps, as far as they see it by the API server. */
describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('what other tools see', () => {
  const on = useFlaggedNode()
  const config = (shown: string) =>
    `checks: [flag, other]\ninterval: 5s\npublish: { reapply: 10s, conditions: ${shown} }\n`
  /** "flag" is ready, "other" is missing. */
  const conditions = async () => {
    const all = (await on().node.read()).status?.conditions ?? []
    return all.filter(({ type }) => type.startsWith('hostdeps.dev/')).map(({ status }) => status)
  }

  test.each([
    ['none', []],
    ['problems', ['False']],
    ['all', ['True', 'False']],
  ])('conditions: %s', async (shown, expected) => {
    on().agent.writeConfig(config(shown))
    await until(conditions, (now) => now.toSorted().join() === expected.toSorted().join())
    expect(await on().node.label(flag)).toBe('ready')
  })

  test('with problems nobody can wait for True, and everybody for the label', async () => {
    const { agent, cluster, node } = on()
    const wait = (what: string, timeout: string) =>
      cluster.kubectl('wait', `--for=${what}`, `node/${node.name}`, `--timeout=${timeout}`)
    agent.writeConfig(config('problems'))
    await until(conditions, (now) => now.length === 1)
    await expect(wait('condition=hostdeps.dev/FlagReady=True', '1s')).rejects.toThrow(/timed out/)
    await wait('condition=hostdeps.dev/OtherReady=False', '60s')
    await wait(String.raw`jsonpath={.metadata.labels.hostdeps\.dev/flag}=ready`, '60s')
    agent.writeConfig(config('all'))
    await wait('condition=hostdeps.dev/FlagReady=True', '60s')
  })

  test('when our last condition goes, those of others stay, also those that no manager owns', async () => {
    const { cluster } = on()
    const config = new KubeConfig()
    config.loadFromFile(cluster.kubeConfig(cluster.admin.token))
    const api = openNodeApi(config)
    const registered = kubeletNode(0)
    const name = registered.metadata?.name ?? ''
    await cluster.call({ method: 'POST', path: '/api/v1/nodes', body: registered })
    const ours = (shown: readonly NodeCondition[]): NodePatch => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { [flag]: 'ready' }, annotations: {} },
      status: { conditions: shown },
    })
    const said = { status: 'False', reason: 'BinaryNotFound', message: 'it is not there' } as const
    const times = { lastTransitionTime: '2026-11-24T10:00:00Z', lastHeartbeatTime: '2026-11-24T10:00:00Z' }
    const shown = await api.apply(ours([{ type: 'hostdeps.dev/FlagReady', ...said, ...times }]))
    expect(shown).toMatchObject({ ok: true, value: { conditions: [{ type: 'hostdeps.dev/FlagReady' }] } })
    if (shown.ok) await takeOffLast(api, shown.value, ours([]))
    expect(await api.apply(ours([]))).toMatchObject({ ok: true, value: { conditions: [] } })
    const { status } = await cluster.call<V1Node>({ path: `/api/v1/nodes/${name}` })
    const kept = registered.status?.conditions?.map(({ type, reason }) => [type, reason])
    expect(status?.conditions?.map(({ type, reason }) => [type, reason])).toEqual(kept)
  })

  test('no manifest is a Node, and the agents may write no object of them', async () => {
    const { cluster } = on()
    const text = await cluster.kubectl('kustomize', join(import.meta.dirname, '../../manifests'))
    const objects = parseAllDocuments(text).map((document) => document.toJS())
    const kinds = [...new Set(objects.map(({ kind }) => String(kind)))]
    expect(kinds).toContain('DaemonSet')
    expect(kinds).not.toContain('Node')
    const mayWrite = async ({ apiVersion, kind, metadata }: (typeof objects)[number], verb: string) => {
      const [group = ''] = String(apiVersion).split('/').slice(0, -1)
      const resource = pluralOf(String(kind))
      const { name, namespace } = metadata
      const { status } = await cluster.call<V1SubjectAccessReview>({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          spec: {
            user: 'system:serviceaccount:hostdeps:hostdeps',
            groups: ['system:serviceaccounts', 'system:serviceaccounts:hostdeps', 'system:authenticated'],
            resourceAttributes: { group, resource, name, namespace, verb },
          },
        },
      })
      return status?.allowed
    }
    for (const object of objects)
      for (const verb of ['update', 'patch', 'delete']) expect(await mayWrite(object, verb)).toBe(false)
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-1' } }
    expect(await mayWrite(node, 'patch')).toBe(false)
  })

  test('what is patched in the ConfigMap is taken back by who manages it', async () => {
    const { cluster } = on()
    const path = '/api/v1/namespaces/default/configmaps/hostdeps'
    const inGit = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'hostdeps' }, data: configOfGit }
    const sync = () =>
      cluster.call<V1ConfigMap>({
        method: 'PATCH',
        path: `${path}?fieldManager=kustomize-controller&force=true`,
        type: applyPatch,
        body: inGit,
      })
    await sync()
    // As the command of `hostdeps suggest` does.
    const data = { 'config.yaml': 'checks: [longhorn]\n' }
    await cluster.call({
      method: 'PATCH',
      path: `${path}?fieldManager=kubectl-patch`,
      type: mergePatch,
      body: { data },
    })
    expect((await cluster.call<V1ConfigMap>({ path })).data).toEqual(data)
    await sync()
    expect((await cluster.call<V1ConfigMap>({ path })).data).toEqual(configOfGit)
  })
})

const configOfGit = { 'config.yaml': 'checks: [time-sync]\n' }

function pluralOf(kind: string): string {
  const lower = kind.toLowerCase()
  return lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : `${lower}s`
}
