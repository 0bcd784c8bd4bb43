import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { V1Pod } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { signOwn } from '../http/tls/make-certificate.ts'
import { hasRealCluster, startRealCluster } from './nodes/real-cluster.ts'
import type { RealCluster } from './nodes/real-cluster.ts'
import { until } from './plane/test-node.ts'
import { withAuth } from './plane/with-auth.ts'

const root = new URL('../../', import.meta.url).pathname
const name = 'hostdeps.hostdeps'

/** manifests/overlays/auth as people list it, with agents in pods, probes by kubelets, and tokens that kubelets project. */
describe.skipIf(!hasRealCluster)('the overlay auth on real kubelets', () => {
  let on: RealCluster
  const agents = () => on.pods('app.kubernetes.io/name=hostdeps')
  const isReady = ({ status }: V1Pod) =>
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false

  beforeAll(async () => {
    on = await startRealCluster()
    const { cluster } = on
    await cluster.kubectl('create', 'namespace', 'hostdeps')
    await setSecret(signOwn('first', [name]))
    await cluster.kubectl('apply', '-f', await on.render(withAuth(cluster.folder)))
  })
  afterAll(() => on?.stop())

  /** In place, as cert-manager does it. */
  const setSecret = async ({ cert, key }: ReturnType<typeof signOwn>) => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: { name: 'hostdeps-tls', namespace: 'hostdeps' },
      stringData: { 'tls.crt': cert, 'tls.key': key },
    }
    const authorities = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'hostdeps-ca', namespace: 'default' },
      data: { 'ca.crt': cert },
    }
    const file = join(on.cluster.folder, 'certificate.json')
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [secret, authorities] }))
    await on.cluster.kubectl('apply', '-f', file)
  }

  /** The example as it is, but for the check, the images, and the address that a cluster's DNS would give. */
  const wait = async (pod: string) => {
    const agent = await on.agentOn('worker-1')
    const [binding, example] = parseAllDocuments(
      readFileSync(join(root, 'examples/init-wait-auth.yaml'), 'utf8')
        .replaceAll(/image: ghcr\.io\/hostdeps\/hostdeps:\S+/g, 'image: localhost/hostdeps:test')
        .replaceAll(
          /image: registry\.k8s\.io\/pause:\S+/g,
          'image: localhost/busybox:test\n      command: [sleep, "1000"]',
        )
        .replace('- open-iscsi', '- overlay'),
    ).map((document) => document.toJS())
    Object.assign(example.metadata, { name: pod })
    Object.assign(example.spec, {
      nodeName: 'worker-1',
      hostAliases: [{ ip: agent?.status?.podIP, hostnames: [name] }],
    })
    const file = join(on.cluster.folder, `${pod}.json`)
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [binding, example] }))
    await on.cluster.kubectl('apply', '-f', file)
    const path = `/api/v1/namespaces/default/pods/${pod}`
    let said = ''
    await until(
      async () => {
        const { status } = await on.cluster.call<V1Pod>({ path })
        const [init] = status?.initContainerStatuses ?? []
        said = JSON.stringify({ now: init?.state, before: init?.lastState, restarts: init?.restartCount })
        return init?.state?.terminated?.exitCode ?? null
      },
      (code) => code === 0,
    ).catch(async (error: unknown) => {
      const log = await on.cluster.kubectl('logs', pod, '-c', 'wait', '--previous').catch(String)
      throw new Error(`${pod} does not get past its agent: ${said}\n${log}`, { cause: error })
    })
    return on.cluster.kubectl('logs', pod, '-c', 'wait')
  }

  test('the kubelets find the agents ready, by HTTPS', async () => {
    const took = await until(agents, (pods) => pods.length === 2 && pods.every(isReady))
    console.log(`ready after ${Math.round(took)} ms`)
    expect(
      (await agents())
        .flatMap(({ status }) => status?.containerStatuses ?? [])
        .map(({ restartCount }) => restartCount),
    ).toEqual(Array(4).fill(0))
  })

  test('a pod waits at the agent of its node, by a token of its own', async () => {
    expect(await wait('waits')).toMatch(/ overlay is ready: /)
  })

  test('a new certificate in the Secret is served without a restart', async () => {
    await setSecret(signOwn('second', [name]))
    // The kubelet brings it within a minute or two; until then the pod does not trust the agent, and asks again.
    expect(await wait('waits-again')).toMatch(/ overlay is ready: /)
    expect(
      (await agents())
        .flatMap(({ status }) => status?.containerStatuses ?? [])
        .map(({ restartCount }) => restartCount),
    ).toEqual(Array(4).fill(0))
  })
})
