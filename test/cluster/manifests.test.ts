import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { V1PodSpec } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { callApi } from './api-client.ts'
import { startControlPlane } from './control-plane.ts'
import type { ControlPlane } from './control-plane.ts'
import { until } from './test-node.ts'

const root = new URL('../../', import.meta.url).pathname
const manifests = join(root, 'manifests')
const overlays = readdirSync(join(manifests, 'overlays')).toSorted()

/** Kinds of other projects that overlays and examples make objects of. */
const foreignKinds: Readonly<Record<string, readonly string[]>> = {
  'monitoring.coreos.com/v1': ['ServiceMonitor', 'PrometheusRule'],
  'security.openshift.io/v1': ['SecurityContextConstraints'],
  'readiness.node.x-k8s.io/v1alpha1': ['NodeReadinessRule'],
  'karpenter.sh/v1': ['NodePool'],
}

/** As YAML has it, without a class. */
type PodSpec = Pick<V1PodSpec, 'containers' | 'volumes' | 'priorityClassName' | 'serviceAccountName'>

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('what is applied to a cluster', () => {
  let cluster: ControlPlane
  beforeAll(async () => {
    cluster = await startControlPlane()
    for (const [group, kinds] of Object.entries(foreignKinds))
      for (const kind of kinds) await makeKind(group, kind)
    // A dry run makes no namespace for what would stand in it.
    await cluster.kubectl('create', 'namespace', 'hostdeps')
    await cluster.kubectl('create', 'namespace', 'strict')
    await cluster.kubectl('label', 'namespace', 'strict', 'pod-security.kubernetes.io/enforce=restricted')
  }, 120_000)
  afterAll(() => cluster?.stop())

  /** Of another project: that the object has the right form is for that project to say. */
  const makeKind = async (group: string, kind: string) => {
    const [name = '', version = ''] = group.split('/')
    const plural = `${kind.toLowerCase()}s`
    const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
    const body = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.${name}` },
      spec: {
        group: name,
        scope: ['ServiceMonitor', 'PrometheusRule'].includes(kind) ? 'Namespaced' : 'Cluster',
        names: { kind, plural },
        versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: open } }],
      },
    }
    await cluster.call({
      method: 'POST',
      path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      body,
    })
    const list = { path: `/apis/${group}/${plural}` }
    await until(
      () => callApi(cluster.admin, list),
      ({ status }) => status === 200,
    )
  }
  const dryRun = async (text: string) => {
    const file = join(cluster.folder, `dry-run-${performance.now()}.yaml`)
    writeFileSync(file, text)
    return cluster.kubectl('apply', '--dry-run=server', '-f', file)
  }

  test.each(['base', ...overlays.map((name) => `overlays/${name}`)])(
    'the API server would take %s as it is',
    async (folder) => {
      const text = await cluster.kubectl('kustomize', join(manifests, folder))
      const said = await dryRun(text)
      const objects = parseAllDocuments(text).length
      expect(said.split('\n').filter((line) => line.endsWith('(server dry run)'))).toHaveLength(objects)
    },
  )

  const examples = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.yaml'))
  test.each(examples)('and the example %s', async (file) => {
    expect(await dryRun(readFileSync(join(root, 'examples', file), 'utf8'))).toContain(
      'created (server dry run)',
    )
  })

  describe('Pod Security "restricted"', () => {
    const podOf = async (pick: (spec: PodSpec) => PodSpec) => {
      const text = await cluster.kubectl('kustomize', manifests)
      const objects = parseAllDocuments(text).map((document) => document.toJS())
      const spec: PodSpec | undefined = objects.find(({ kind }) => kind === 'DaemonSet')?.spec.template.spec
      if (spec === undefined) throw new Error('there is no DaemonSet')
      // The account and the priority are of another namespace; they are not what this is about.
      const { priorityClassName: _, serviceAccountName: __, ...rest } = spec
      const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'copy' }, spec: pick(rest) }
      return callApi<{ message?: string }>(cluster.admin, {
        method: 'POST',
        path: '/api/v1/namespaces/strict/pods?dryRun=All',
        body,
      })
    }

    test('takes a copy of the pod with the server alone', async () => {
      await cluster.call({ path: '/api/v1/namespaces/strict/serviceaccounts/default' })
      const { status, body } = await podOf((spec) => {
        const containers = spec.containers.filter(({ name }) => name === 'server')
        const mounted = new Set(
          containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name)),
        )
        return { ...spec, containers, volumes: (spec.volumes ?? []).filter(({ name }) => mounted.has(name)) }
      })
      expect([status, body.message]).toEqual([201, undefined])
    })

    test('does not take the whole', async () => {
      const { status, body } = await podOf((spec) => spec)
      expect(status).toBe(403)
      expect(body.message).toMatch(/violates PodSecurity "restricted:latest": privileged .*"prober"/)
      expect(body.message).not.toContain('"server"')
    })
  })

  test('the versions of image, manifests and project are one', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const daemonSet = readFileSync(join(manifests, 'base/daemon-set.yaml'), 'utf8')
    expect(daemonSet.match(/image: .*/g)).toEqual(
      Array.from({ length: 2 }, () => `image: ghcr.io/hostdeps/hostdeps:${version}`),
    )
    expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).toContain(`ARG VERSION=${version}\n`)
  })
})
