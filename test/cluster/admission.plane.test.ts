import { readFileSync } from 'node:fs'
import type { V1Node } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dryRun, nodeOf, own } from './plane/admission-calls.ts'
import * as cases from './plane/admission-cases.ts'
import { callApi, strategicPatch } from './plane/api-client.ts'
import type { ApiCall } from './plane/api-client.ts'
import type { ControlPlane } from './plane/control-plane.ts'
import { startInstalled } from './plane/installed.ts'
import type { Holder, Installed } from './plane/installed.ts'
import { until } from './plane/test-node.ts'

const nodePolicy = new URL('../../manifests/base/node-policy.yaml', import.meta.url)
const others = ['a pod on no node', 'no pod'] as const
/** As manifests/ are, and as kustomize moves them: its "namespace:" does not reach into a policy's expressions. */
describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE']).each(['hostdeps', 'monitoring'])(
  'a token of the agents in the namespace %s',
  (namespace) => {
    let cluster: ControlPlane
    let access: Installed['access']
    beforeAll(async () => {
      ;({ cluster, access } = await startInstalled(namespace))
      for (const name of ['worker-1', 'worker-2']) await makeNode(cluster, name)
      for (const probe of cases.probes)
        await until(
          () => ask(probe),
          ({ status }) => status === 422,
        )
    })
    afterAll(() => cluster?.stop())

    const ask = (call: ApiCall, holder: Holder = 'a pod on worker-1') =>
      callApi<{ message?: string }>(access[holder], call)
    /** But for the controllers of the control plane, which write when they like. */
    const owners = async () => {
      const { metadata } = await cluster.call<V1Node>({ path: own })
      return (metadata?.managedFields ?? []).filter(({ manager }) => manager !== 'kube-controller-manager')
    }
    const expectDenied = async (call: ApiCall, says: string, holder?: Holder) => {
      const { status, body } = await ask(call, holder)
      expect([status, body.message?.split(' denied request: ')[1]]).toEqual([422, says])
    }

    describe('with the rights of the manifests', () => {
      test.each(Object.entries(cases.allowed))('may %s', async (_, call) => {
        const { status, body } = await ask(call)
        expect([status, body.message]).toEqual([call.method === 'POST' ? 201 : 200, undefined])
      })

      test.each(Object.entries(cases.withoutRight))('may not %s', async (_, call) => {
        const { status, body } = await ask(call)
        expect([status, body.message]).toEqual([403, expect.stringMatching(/cannot \w+ resource/)])
      })
    })

    describe('with all rights is denied', () => {
      beforeAll(async () => {
        const account = `--serviceaccount=${namespace}:hostdeps`
        await cluster.kubectl('create', 'clusterrolebinding', 'all', '--clusterrole=cluster-admin', account)
        await until(
          () => ask({ path: '/api/v1/secrets' }),
          ({ status }) => status === 200,
        )
      })

      test.each(cases.denials)('$name: $says', ({ call, says }) => expectDenied(call, says))

      test.each(others)('its own work with a token of %s', async (holder) => {
        for (const [says, call] of Object.entries(cases.ofNoNode)) await expectDenied(call, says, holder)
      })

      test.each(Object.entries(cases.dropped))('%s, by the API server itself', async (trace, call) => {
        expect((await ask(call)).status).toBe(200)
        expect(JSON.stringify(await cluster.call({ path: own }))).not.toContain(trace)
      })
    })

    test.each(Object.entries(cases.ownershipChanges))(
      'who owns the fields of a Node stays as it is: %s',
      async (_, call) => {
        const before = await owners()
        expect(before.length).toBeGreaterThan(1)
        expect((await ask(call)).status).toBe(200)
        expect(await owners()).toEqual(before)
      },
    )

    test("every field of the API server's NodeStatus but conditions is compared, and tried above", async () => {
      const { components } = await cluster.call<OpenApi>({ path: '/openapi/v3/api/v1' })
      const known = Object.keys(components.schemas['io.k8s.api.core.v1.NodeStatus']?.properties ?? {})
      const policy = readFileSync(nodePolicy, 'utf8')
      const compared = [...policy.matchAll(/\bobject\.status\.\?(\w+) == oldObject\.status\.\?\1\s/g)]
      const named = compared.map(([, field = '']) => field)
      expect([...named, 'conditions'].toSorted()).toEqual(known.toSorted())
      expect(Object.keys(cases.statusChanges)).toEqual(named)
    })

    test('nobody else is restricted', async () => {
      await cluster.call(dryRun(cases.foreignLabel))
      await cluster.call(dryRun({ method: 'DELETE', path: own }))
    })
  },
)

interface OpenApi {
  readonly components: { readonly schemas: Readonly<Record<string, { readonly properties: object }>> }
}

async function makeNode(cluster: ControlPlane, name: string): Promise<void> {
  const { metadata, status } = cases.before
  await cluster.call({ method: 'POST', path: '/api/v1/nodes', body: nodeOf(name, metadata) })
  const path = `/api/v1/nodes/${name}/status`
  await cluster.call({ method: 'PATCH', path, type: strategicPatch, body: { status } })
}
