import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { V1PodList, V1SelfSubjectRulesReview } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dryRun, event, nodeOf, nodes } from './plane/admission-calls.ts'
import { allowed } from './plane/admission-cases.ts'
import { callApi } from './plane/api-client.ts'
import type { ApiAccess, ApiCall } from './plane/api-client.ts'
import type { ControlPlane } from './plane/control-plane.ts'
import { beyondPolicies, creations, laterKind, newJob, ofAgents, probe } from './plane/creation-cases.ts'
import { startInstalled } from './plane/installed.ts'
import { accountToken } from './plane/service-account.ts'
import { until } from './plane/test-node.ts'

const ours = ['hostdeps', 'hostdeps-fix'] as const
/** Whose names only look like ours. */
const others = ['not-hostdeps', 'hostdeps-fixer'] as const
type Account = (typeof ours)[number] | (typeof others)[number] | 'default'

const says = 'hostdeps may create nothing but events'

/** As manifests/ are, and as kustomize moves them. */
describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE']).each(['hostdeps', 'monitoring'])(
  'tokens of service accounts in the namespace %s',
  (namespace) => {
    let cluster: ControlPlane
    let access: Readonly<Record<Account, ApiAccess>>
    beforeAll(async () => {
      const installed = await startInstalled(namespace)
      cluster = installed.cluster
      await cluster.call({ method: 'POST', path: nodes, body: nodeOf('worker-1') })
      for (const name of others) await cluster.kubectl('create', 'serviceaccount', name, '-n', namespace)
      const holding = async (account: Account) => ({
        ...cluster.admin,
        token: await accountToken(cluster, { namespace, account }),
      })
      access = {
        hostdeps: installed.access['a pod on worker-1'],
        'hostdeps-fix': await holding('hostdeps-fix'),
        'not-hostdeps': await holding('not-hostdeps'),
        'hostdeps-fixer': await holding('hostdeps-fixer'),
        default: await holding('default'),
      }
    })
    afterAll(() => cluster?.stop())

    const ask = (account: Account, call: ApiCall) => callApi<{ message?: string }>(access[account], call)

    describe('with the rights of the manifests', () => {
      /** As the API server knows them, by whatever binding. */
      const rulesOf = async (account: Account) => {
        const body = {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectRulesReview',
          spec: { namespace },
        }
        const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews'
        const reply = await callApi<V1SelfSubjectRulesReview>(access[account], { method: 'POST', path, body })
        expect(reply.status).toBe(201)
        const { resourceRules = [], nonResourceRules = [] } = reply.body.status ?? {}
        return [...resourceRules, ...nonResourceRules].map((rule) => JSON.stringify(rule)).toSorted()
      }

      test('agents may read Nodes, patch their status and create events, and else what every account may', async () => {
        const every = await rulesOf('default')
        const more = (await rulesOf('hostdeps')).filter((rule) => !every.includes(rule))
        expect(more.map((rule) => JSON.parse(rule))).toEqual([
          { verbs: ['create'], apiGroups: ['events.k8s.io'], resources: ['events'] },
          { verbs: ['get'], apiGroups: [''], resources: ['nodes'] },
          { verbs: ['patch'], apiGroups: [''], resources: ['nodes/status'] },
        ])
      })

      test('the account of fixes may do what every account may', async () => {
        expect(await rulesOf('hostdeps-fix')).toEqual(await rulesOf('default'))
      })
    })

    describe('with all rights', () => {
      beforeAll(async () => {
        const accounts = [...ours, ...others].map((name) => `--serviceaccount=${namespace}:${name}`)
        await cluster.kubectl(
          'create',
          'clusterrolebinding',
          'all',
          '--clusterrole=cluster-admin',
          ...accounts,
        )
        const file = join(cluster.folder, 'later-kind.json')
        writeFileSync(file, JSON.stringify(laterKind))
        await cluster.kubectl('create', '-f', file)
        await cluster.kubectl('wait', '--for=condition=Established', '--timeout=300s', '-f', file)
        for (const account of ours)
          await until(
            () => ask(account, probe),
            ({ status }) => status === 422,
          )
      })

      const expectDenied = async (account: Account, call: ApiCall) => {
        const { status, body } = await ask(account, call)
        expect([status, body.message?.split("'hostdeps-create' denied request: ")[1]]).toEqual([422, says])
      }

      describe.each(ours)('%s may not create', (account) => {
        test.each(Object.entries(creations(namespace)))('%s', (_, call) => expectDenied(account, call))
      })

      test.each(Object.entries(ofAgents))('hostdeps-fix may not create %s either', (_, call) =>
        expectDenied('hostdeps-fix', call),
      )

      test.each(Object.entries(allowed))('hostdeps may still %s', async (_, call) => {
        const { status, body } = await ask('hostdeps', call)
        expect([status, body.message]).toEqual([call.method === 'POST' ? 201 : 200, undefined])
      })

      test('and an event of another Node is still denied by its own policy', async () => {
        const { body } = await ask('hostdeps', event({ regarding: 'worker-2' }))
        expect(body.message).toContain("'hostdeps-event' denied request: ")
      })

      test.each(Object.entries(beyondPolicies))('the API server asks no policy about %s', async (_, call) => {
        for (const account of ours) expect((await ask(account, call)).status).toBe(201)
      })

      test.each(others)('%s may create every one of them', async (account) => {
        for (const [name, call] of Object.entries(creations(namespace))) {
          const { status, body } = await ask(account, dryRun(call))
          expect([name, status, body.message]).toEqual([name, expect.toBeOneOf([200, 201]), undefined])
        }
      })

      test('the Job of somebody else has a pod of the account of fixes, without a token', async () => {
        const { status } = await ask('not-hostdeps', newJob(namespace))
        expect(status).toBe(201)
        const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=job-name%3Dtest`
        const pods = () => cluster.call<V1PodList>({ path })
        await until(pods, ({ items }) => items.length === 1)
        const [pod] = (await pods()).items
        expect(pod?.spec).toMatchObject({ serviceAccountName: 'hostdeps-fix', hostPID: true })
        expect(JSON.stringify(pod?.spec)).not.toMatch(/serviceAccountToken|kube-api-access/)
      })
    })
  },
)
