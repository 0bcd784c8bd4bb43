import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { V1PodSpec } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { callApi } from './plane/api-client.ts'
import { startControlPlane } from './plane/control-plane.ts'
import type { ControlPlane } from './plane/control-plane.ts'

const root = new URL('../../', import.meta.url).pathname
const manifests = join(root, 'manifests')
const overlays = readdirSync(join(manifests, 'overlays')).map((name) => `manifests/overlays/${name}`)
const folders = ['manifests', ...overlays.toSorted()]
/** Overlays that are nothing without the base. */
const changesBase = ['manifests/overlays/auth']

/** Other projects' own definitions of their kinds, and ours of the one that cannot be had. */
const definitions = (process.env['HOSTDEPS_TEST_CRDS'] ?? '').split(':').filter((file) => file !== '')
const standIn = new URL('crds/node-readiness-rule.yaml', import.meta.url).pathname
const isSetUp = process.env['HOSTDEPS_TEST_CONTROL_PLANE'] !== undefined && definitions.length > 0

describe.skipIf(!isSetUp)('what is applied to a cluster', () => {
  let cluster: ControlPlane
  beforeAll(async () => {
    cluster = await startControlPlane()
    await cluster.kubectl('create', ...[...definitions, standIn].flatMap((file) => ['-f', file]))
    await cluster.kubectl('wait', '--for=condition=Established', '--timeout=300s', 'crd', '--all')
    // A dry run makes no namespace for what would stand in it.
    await cluster.kubectl('create', 'namespace', 'hostdeps')
    await cluster.kubectl('create', 'namespace', 'strict')
    await cluster.kubectl('create', 'serviceaccount', 'hostdeps', '-n', 'strict')
    await cluster.kubectl('label', 'namespace', 'strict', 'pod-security.kubernetes.io/enforce=restricted')
  })
  afterAll(() => cluster?.stop())

  const dryRun = async (text: string) => {
    const file = join(cluster.folder, `dry-run-${performance.now()}.yaml`)
    writeFileSync(file, text)
    return cluster.kubectl('apply', '--dry-run=server', '-f', file)
  }

  /** What kustomize makes of a folder; an overlay that changes the base, with the base and the overlays before it. */
  const textOf = async (folder: string, before: readonly string[] = []) => {
    if (!changesBase.includes(folder)) return cluster.kubectl('kustomize', join(root, folder))
    const place = mkdtempSync(join(cluster.folder, 'composed-'))
    const [resources, components] = [['manifests'], [...before, folder]].map((all) =>
      all.map((one) => relative(place, join(root, one))),
    )
    writeFileSync(join(place, 'kustomization.yaml'), JSON.stringify({ resources, components }))
    return cluster.kubectl('kustomize', place)
  }

  test.each(folders)('the API server would accept %s unchanged', async (folder) => {
    const text = await textOf(folder)
    const said = await dryRun(text)
    const objects = parseAllDocuments(text).length
    expect(said.split('\n').filter((line) => line.endsWith('(server dry run)'))).toHaveLength(objects)
  })

  test('and would reject an unknown field or a value of the wrong form', async () => {
    const text = await cluster.kubectl('kustomize', manifests)
    const misspelt = text.replace('terminationGracePeriodSeconds:', 'terminationGraceSeconds:')
    await expect(dryRun(misspelt)).rejects.toThrow(/unknown field "[\w.]*\bterminationGraceSeconds"/)
    const malformed = text.replace('sizeLimit: 8Mi', 'sizeLimit: 8 MiB')
    await expect(dryRun(malformed)).rejects.toThrow('quantities must match')
  })

  test.each([
    ['monitoring', 'targetLabel: node', 'targetLable: node', /unknown field "[^"]*targetLable"/],
    ['monitoring', 'for: 10m', 'for: ten minutes', /groups\[0\]\.rules\[0\]\.for.*should match/],
    ['openshift', 'allowHostPID: false', 'allowHostPid: false', /unknown field "allowHostPid"/],
    ['openshift', 'allowHostPID: false', 'allowHostPID: "no"', /allowHostPID.* must be of type boolean/],
    ['openshift', 'allowHostPID: true', 'allowHostPID: "yes"', /allowHostPID.* must be of type boolean/],
  ])('nor %s with "%s" made "%s"', async (overlay, right, wrong, refusal) => {
    const text = await cluster.kubectl('kustomize', join(manifests, 'overlays', overlay))
    expect(text).toContain(right)
    await expect(dryRun(text.replace(right, wrong))).rejects.toThrow(refusal)
  })

  const objectsIn = async (folder: string): Promise<Manifest[]> => {
    return parseAllDocuments(await textOf(folder)).map((document) => document.toJS())
  }

  test('with auth, the probes and Prometheus speak HTTPS, and the server is told what it needs', async () => {
    const [auth = ''] = changesBase
    await expect(cluster.kubectl('kustomize', join(root, auth))).rejects.toThrow(
      'no matches for Id DaemonSet',
    )
    const text = await textOf(auth, ['manifests/overlays/monitoring'])
    expect((await dryRun(text)).split('\n').length).toBeGreaterThan(20)
    const spec = agentOf(text)
    const server = spec.containers.find(({ name }) => name === 'server')
    expect(server?.args?.slice(-5)).toEqual([
      '--host=::',
      '--port=9465',
      '--tls-cert=/etc/hostdeps/tls/tls.crt',
      '--tls-key=/etc/hostdeps/tls/tls.key',
      '--auth=kubernetes',
    ])
    for (const probe of [server?.startupProbe, server?.livenessProbe, server?.readinessProbe])
      expect(probe?.httpGet).toMatchObject({ scheme: 'HTTPS', port: 'http' })
    expect(server?.volumeMounts).toContainEqual({
      name: 'tls',
      mountPath: '/etc/hostdeps/tls',
      readOnly: true,
    })
    expect(JSON.stringify(spec.containers.find(({ name }) => name === 'prober'))).not.toContain('tls')
    const monitor = parseAllDocuments(text)
      .map((one) => one.toJS())
      .find(({ kind }) => kind === 'ServiceMonitor')
    expect(monitor.spec.endpoints[0]).toMatchObject({ scheme: 'https', port: 'http', interval: '60s' })
  })

  test.each(folders)('%s gives our service accounts these rights and no other', async (folder) => {
    expect(rightsIn(await objectsIn(folder))).toEqual(rights[folder] ?? {})
  })

  test('on OpenShift the agents have no hostPID, and the pod that fixes has no volume but of the host and its own', async () => {
    const objects = await objectsIn('manifests/overlays/openshift')
    const [agents, fixes] = objects.filter(({ kind }) => kind === 'SecurityContextConstraints')
    expect(agents).toEqual(constraints)
    const metadata = { ...constraints.metadata, name: 'hostdeps-fix' }
    expect(fixes).toEqual({
      ...constraints,
      metadata,
      allowHostPID: true,
      volumes: ['configMap', 'emptyDir', 'hostPath'],
    })
  })

  // A file of Prometheus' own is no object.
  const examples = readdirSync(join(root, 'examples')).filter(
    (name) => name.endsWith('.yaml') && name !== 'prometheus-rules.yaml',
  )
  test.each(examples)('and the example %s', async (file) => {
    expect(await dryRun(readFileSync(join(root, 'examples', file), 'utf8'))).toContain(
      'created (server dry run)',
    )
  })

  describe.each(['manifests', 'manifests/overlays/talos'])('Pod Security "restricted" of %s', (folder) => {
    const admit = async (name?: string) => {
      const spec = agentOf(await cluster.kubectl('kustomize', join(root, folder)))
      const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'copy' }, spec: only(spec, name) }
      return callApi<{ message?: string }>(cluster.admin, {
        method: 'POST',
        path: '/api/v1/namespaces/strict/pods?dryRun=All',
        body,
      })
    }

    test('accepts a copy of the pod with only the server', async () => {
      const { status, body } = await admit('server')
      expect([status, body.message]).toEqual([201, undefined])
    })

    test.each([{ part: 'whole' }, { part: 'the prober alone', name: 'prober' }])(
      'does not take $part',
      async ({ name }) => {
        const { status, body } = await admit(name)
        expect(status).toBe(403)
        expect(body.message).toMatch(/violates PodSecurity "restricted:latest": privileged .*"prober"/)
        expect(body.message).not.toContain('"server"')
      },
    )
  })
})

/** As YAML has them. */
interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string }
  /** Of a role. */
  readonly rules?: readonly object[]
  /** Of a binding. */
  readonly roleRef?: { readonly name: string }
  readonly subjects?: readonly { readonly kind: string; readonly name: string }[]
}

const ofAgents = [
  { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
  { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
]

const reviews = [
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
]

/** By the folder, then by the subject. */
const rights: Readonly<Record<string, Readonly<Record<string, readonly object[]>>>> = {
  manifests: { 'ServiceAccount hostdeps': ofAgents },
  'manifests/overlays/talos': { 'ServiceAccount hostdeps': ofAgents },
  'manifests/overlays/auth': { 'ServiceAccount hostdeps': [...ofAgents, ...reviews] },
  'manifests/overlays/openshift': {
    'ServiceAccount hostdeps': [useOf('hostdeps')],
    'ServiceAccount hostdeps-fix': [useOf('hostdeps-fix')],
  },
}

function useOf(name: string) {
  const resources = ['securitycontextconstraints']
  return { apiGroups: ['security.openshift.io'], resourceNames: [name], resources, verbs: ['use'] }
}

/** What the bindings among them give, to whomever. */
function rightsIn(objects: readonly Manifest[]): Record<string, object[]> {
  const given: Record<string, object[]> = {}
  for (const { roleRef, subjects = [] } of objects)
    for (const { kind, name } of subjects) {
      const role = objects.find((one) => one.rules !== undefined && one.metadata.name === roleRef?.name)
      ;(given[`${kind} ${name}`] ??= []).push(...(role?.rules ?? [{ unknown: roleRef }]))
    }
  return given
}

/** Of the agents. */
const constraints = {
  apiVersion: 'security.openshift.io/v1',
  kind: 'SecurityContextConstraints',
  metadata: { name: 'hostdeps' },
  priority: 0,
  allowPrivilegedContainer: true,
  allowPrivilegeEscalation: true,
  allowedCapabilities: [],
  defaultAddCapabilities: [],
  requiredDropCapabilities: [],
  allowHostDirVolumePlugin: true,
  allowHostIPC: false,
  allowHostNetwork: false,
  allowHostPID: false,
  allowHostPorts: false,
  readOnlyRootFilesystem: true,
  runAsUser: { type: 'RunAsAny' },
  seLinuxContext: { type: 'RunAsAny' },
  fsGroup: { type: 'RunAsAny' },
  supplementalGroups: { type: 'RunAsAny' },
  seccompProfiles: ['runtime/default'],
  volumes: ['configMap', 'emptyDir', 'hostPath', 'projected'],
  users: [],
  groups: [],
}

/** As YAML has it, without a class. */
type PodSpec = Pick<V1PodSpec, 'containers' | 'volumes'>

/** Of the DaemonSet's pod. */
function agentOf(text: string): PodSpec {
  const objects = parseAllDocuments(text).map((document) => document.toJS())
  const spec: PodSpec | undefined = objects.find(({ kind }) => kind === 'DaemonSet')?.spec.template.spec
  if (spec === undefined) throw new Error('there is no DaemonSet')
  return spec
}

/** With one of its containers and the volumes that this one mounts; all of it without a name. */
function only(spec: PodSpec, name?: string): PodSpec {
  const containers = spec.containers.filter((one) => name === undefined || one.name === name)
  const mounted = new Set(containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map((one) => one.name)))
  return { ...spec, containers, volumes: (spec.volumes ?? []).filter((one) => mounted.has(one.name)) }
}
