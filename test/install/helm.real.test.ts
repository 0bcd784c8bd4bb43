import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { startRegistry } from '../cluster/nodes/registry.ts'
import { chart, helmBlock, helms, openHelm } from './helm.ts'
import type { Helm, KubeObject, Values } from './helm.ts'
import { notTexts, odd } from './odd-values.ts'
import { danglingIn } from './references.ts'

const root = resolve(import.meta.dirname, '../..')
const sha = `sha256:${'0'.repeat(64)}`

/** Each is refused, and what is said names the place and what would be right. */
const refused: readonly [Values, RegExp][] = [
  [{ confg: {} }, /additional properties 'confg' not allowed/],
  [{ image: { tag: 1.1 } }, /'\/image\/tag': got number, want string/],
  [{ image: { digest: 'sha256:123' } }, /'\/image\/digest': .*does not match pattern/],
  [{ image: { pullPolicy: 'Sometimes' } }, /'\/image\/pullPolicy': .*'Always', 'IfNotPresent', 'Never'/],
  [{ config: { check: ['time-sync'] } }, /'\/config': additional properties 'check' not allowed/],
  [{ config: { checks: ['Open_ISCSI'] } }, /'\/config\/checks\/0': 'Open_ISCSI' does not match pattern/],
  [{ config: { checks: 'open-iscsi' } }, /'\/config\/checks': got string, want array/],
  [{ config: { checks: ['a', 'a'] } }, /'\/config\/checks': items at 0 and 1 are equal/],
  [{ config: { interval: '1m30s' } }, /'\/config\/interval': '1m30s' does not match pattern/],
  [{ config: { interval: 60 } }, /'\/config\/interval': got number, want string/],
  [{ config: { publish: { label: false } } }, /'\/config\/publish': additional properties 'label'/],
  [{ config: { crashes: { exclude: ['a'.repeat(64)] } } }, /'\/config\/crashes\/exclude\/0': maxLength/],
  [{ config: { http: { port: 70_000 } } }, /'\/config\/http\/port': maximum: got 70,000, want 65,535/],
  [
    { customChecks: { 'my check': 'a: 1' } },
    /'\/customChecks': additional properties 'my check' not allowed/,
  ],
  [{ customChecks: { 'a.yaml': { title: 'A' } } }, /'\/customChecks\/a\.yaml': got object, want string/],
  [{ customChecks: { 'a.yaml': 'a: [1' } }, /customChecks\.a\.yaml: this is no YAML/],
  [{ prober: { extraArgs: ['deadline=5s'] } }, /'\/prober\/extraArgs\/0': .*does not match pattern '\^--/],
  [{ prober: { extraArgs: ['--config=/x'] } }, /prober\.extraArgs: the chart sets --config itself/],
  [{ server: { env: [{ name: 'NODE_NAME', value: 'x' }] } }, /server\.env: the chart sets NODE_NAME itself/],
  [{ prober: { env: [{ name: 'A', values: 'x' }] } }, /'\/prober\/env\/0': additional properties 'values'/],
  [{ customChecks: { 'a.yaml': '- title' } }, /customChecks\.a\.yaml: this is not a map of a check's keys/],
  [{ config: { publish: { conditions: 'most' } } }, /'\/config\/publish\/conditions': value must be one of/],
  [{ server: { extraArgs: ['--port', '--x'] } }, /server\.extraArgs: the chart sets --port itself/],
  [{ server: { resources: { limit: {} } } }, /'\/server\/resources': additional properties 'limit'/],
  [{ prober: { securityContext: {} } }, /'\/prober': additional properties 'securityContext' not allowed/],
  [{ serviceAccount: { create: false } }, /serviceAccount\.name: name the account that is there already/],
  [{ serviceAccount: { name: 'hostdeps-fix' } }, /"hostdeps-fix" is the account of the pods of/],
  [{ serviceAccount: { name: '.*' } }, /'\/serviceAccount\/name': '\.\*' does not match pattern/],
  [{ namespaceOverride: '[^:]+' }, /'\/namespaceOverride': .*does not match pattern/],
  [{ networkPolicy: { apiServerPorts: [] } }, /'\/networkPolicy\/apiServerPorts': minItems: got 0, want 1/],
  [{ priorityClassName: 'x\nhostPID: true' }, /'\/priorityClassName': .*does not match pattern/],
  [{ image: { repository: 'x\n  command: [sh]' } }, /'\/image\/repository': .*does not match pattern/],
  [{ gate: true }, /'\/gate': got boolean, want object/],
  [{ enabled: 'yes' }, /'\/enabled': got string, want boolean/],
  [{ fullnameOverride: 'hostdeps-checks' }, /"hostdeps-checks" is the name of other .* set fullnameOverride/],
  [{ fullnameOverride: 'hostdeps-fix' }, /"hostdeps-fix" is the name of other .* set fullnameOverride/],
  [{ commonLabels: { 'a/b/c': 'x' } }, /'\/commonLabels': additional properties 'a\/b\/c' not allowed/],
  [{ commonLabels: { 'A.example/b': 'x' } }, /'\/commonLabels': additional properties/],
  [{ podLabels: { ['k'.repeat(64)]: 'x' } }, /'\/podLabels': additional properties/],
  [{ podLabels: { team: 'a team' } }, /'\/podLabels\/team': 'a team' does not match pattern/],
  [{ podLabels: { team: 'x'.repeat(64) } }, /'\/podLabels\/team': .*does not match pattern/],
  [{ podAnnotations: { '/x': '' } }, /'\/podAnnotations': additional properties '\/x' not allowed/],
  [{ daemonSetAnnotations: { 'x y': '' } }, /'\/daemonSetAnnotations': additional properties 'x y'/],
  [{ serviceAccount: { annotations: { 'x-': '' } } }, /'\/serviceAccount\/annotations': additional/],
  [{ nodeSelector: { disk: '-ssd' } }, /'\/nodeSelector\/disk': '-ssd' does not match pattern/],
  [
    { prober: { resources: { requests: { cpu: 'lots' } } } },
    /'\/prober\/resources\/requests\/cpu': 'lots' does not match pattern/,
  ],
  [{ server: { resources: { limits: { memory: '1Gb' } } } }, /'\/server\/resources\/limits\/memory': '1Gb'/],
  [{ server: { resources: { limits: { cpu: -1 } } } }, /'\/server\/resources\/limits\/cpu': minimum: got -1/],
  [{ image: { registry: 'ghcr.io/' } }, /'\/image\/registry': 'ghcr\.io\/' does not match pattern/],
  [{ global: { imageRegistry: '/x' } }, /'\/global\/imageRegistry': '\/x' does not match pattern/],
  [{ image: { repository: 'foo:1.0' } }, /'\/image\/repository': 'foo:1\.0' does not match pattern/],
  [{ image: { repository: '/x' } }, /'\/image\/repository': '\/x' does not match pattern/],
  [{ image: { repository: 'x//y' } }, /'\/image\/repository': 'x\/\/y' does not match pattern/],
  [{ image: { repository: 'X' } }, /'\/image\/repository': 'X' does not match pattern/],
  [{ image: { repository: '' } }, /'\/image\/repository': '' does not match pattern/],
  [
    { image: { repository: 'my.registry:5000/x/y' } },
    /image\.repository: "my\.registry:5000\/x\/y" has a registry of its own; leave image\.registry/,
  ],
  [{ priorityClassName: '-x' }, /'\/priorityClassName': '-x' does not match pattern/],
]

/** Everything that makes or renames an object. */
const everything: Values = {
  commonLabels: { team: 'storage' },
  podLabels: { 'app.kubernetes.io/name': 'other', tier: 'node' },
  podAnnotations: { note: 'a "quoted" text', 'kubectl.kubernetes.io/default-container': 'prober' },
  daemonSetAnnotations: { note: 'here too' },
  revisionHistoryLimit: 0,
  config: { publish: { conditions: true } },
  image: { digest: sha, pullPolicy: 'Always' },
  imagePullSecrets: ['one', { name: 'two' }],
  global: { imageRegistry: 'registry.example', imagePullSecrets: [{ name: 'one' }], other: 1 },
  prober: {
    extraArgs: ['--deadline=4s'],
    env: [{ name: 'NODE_OPTIONS', value: '--max-old-space-size=100' }],
  },
  server: { extraArgs: ['--auth-exempt=/ready/'], env: [{ name: 'TZ', value: 'UTC' }] },
  serviceAccount: { annotations: { role: 'none' } },
  prometheus: { monitor: { enabled: true, namespace: 'monitoring' }, rules: { enabled: true } },
  grafana: { dashboard: { enabled: true } },
  gate: { enabled: true },
  auth: { enabled: true, secretName: 'their-tls' },
  openshift: { enabled: true },
  customChecks: { 'a.yaml': 'title: A\n' },
}
const elsewhere = {
  fullnameOverride: 'my-hd',
  namespaceOverride: 'kube-node',
  serviceAccount: { name: 'acc' },
}

describe.skipIf(!process.env['HOSTDEPS_TEST_HELM']).each(helms)('%s', (_, program) => {
  let helm: Helm
  beforeAll(() => {
    helm = openHelm(program)
  })
  afterAll(() => helm?.close())

  test.each([{}, everything, elsewhere])('finds nothing to complain of in the chart: %j', async (values) => {
    const said = await helm.run('lint', '--strict', '--values', helm.values(values), chart)
    expect(said).toContain('0 chart(s) failed')
    expect(said).not.toMatch(/WARNING|ERROR/)
  })

  test.each(refused)('refuses %j', async (values, words) => {
    await expect(helm.template(values)).rejects.toThrow(words)
  })

  test('takes what is odd and right', async () => {
    expect(podsOf(await helm.template(odd)).spec.template.metadata.labels).toMatchObject(
      odd['podLabels'] as object,
    )
  })

  test.each([
    ['hostdeps-checks', /"hostdeps-checks" is the name of other objects .* set fullnameOverride/],
    ['hostdeps-fix', /"hostdeps-fix" is the name of other objects .* set fullnameOverride/],
    ['1st', /"1st-hostdeps" cannot name a Service .* begins with a letter.* set fullnameOverride/],
  ])('refuses the release %s, unless it is named otherwise', async (release, words) => {
    await expect(helm.run('template', release, chart)).rejects.toThrow(words)
    await helm.run('template', release, chart, '--set', 'fullnameOverride=mine')
  })

  test.each([
    [`${'a'.repeat(50)}--b`, 'a'.repeat(50)],
    [`${'a'.repeat(49)}.b.c`, `${'a'.repeat(49)}-b`],
    ['a.b', 'a-b-hostdeps'],
  ])('makes of the release %s a name that may be one', async (release, name) => {
    const made = await helm.run('template', release, chart, '--show-only', 'templates/service.yaml')
    expect(parse(made).metadata.name).toBe(name)
  })

  test.each([
    {},
    { hostdeps: { enabled: true } },
    { global: null },
    { global: { imageRegistry: null } },
    { global: { imagePullSecrets: null } },
    { global: { other: 1 } },
    { hostdeps: { global: null } },
  ])('is part of a parent chart with the values %j', async (values) => {
    const template = await parentOf(helm)
    expect(await template(values)).toMatch(/image: "?ghcr\.io\/hostdeps\/hostdeps:/)
  })

  test('is switched off by a parent chart', async () => {
    const template = await parentOf(helm)
    expect(await template({ hostdeps: { enabled: false } })).toBe('')
  })

  test('keeps every text a text, whatever YAML reads in it', async () => {
    const kinds = async (values: Values) => textsIn(await helm.template(values))
    const isOther = (value: unknown) =>
      typeof value === 'string' && typeof parse(value, { version: '1.1' }) !== 'string'
    const texts = JSON.parse(JSON.stringify(notTexts), (_, value) => (isOther(value) ? 'word' : value))
    expect(await kinds(notTexts)).toEqual(await kinds(texts))
  })

  test("takes what the README's block sets, also where the tag is a number", async () => {
    const [, flags] = /helm install (.*) --wait/s.exec(helmBlock()) ?? []
    const { stdout } = await execa('/bin/sh', ['-ec', `"$HELM" template ${flags}`], {
      cwd: root,
      env: { HELM: program, IMAGE: 'localhost/hostdeps', TAG: '1234567' },
    })
    expect(stdout).toContain('image: "localhost/hostdeps:1234567"')
  })

  test('refuses a cluster that is too old, and the gate on one that has no policies for it', async () => {
    await expect(helm.template({}, '--kube-version', 'v1.29.9')).rejects.toThrow(/requires kubeVersion/)
    await expect(
      helm.template({ gate: { enabled: true } }, '--kube-version', 'v1.35.4-gke.100'),
    ).rejects.toThrow(/gate\.enabled: .* since 1\.36; this cluster is v1\.35\.4/)
    expect(await helm.template({ gate: { enabled: true } }, '--kube-version', 'v1.36.0-eks-1')).not.toEqual(
      [],
    )
    expect(await helm.template({}, '--kube-version', 'v1.30.2+k3s1')).not.toEqual([])
  })

  test.each([
    [{}, 'ghcr.io/hostdeps/hostdeps:0.1.0'],
    [{ image: { tag: 'v2' } }, 'ghcr.io/hostdeps/hostdeps:v2'],
    [{ image: { tag: 'v2', digest: sha } }, `ghcr.io/hostdeps/hostdeps@${sha}`],
    [{ image: { registry: '', repository: 'my.registry:5000/x/y' } }, 'my.registry:5000/x/y:0.1.0'],
    [{ global: { imageRegistry: 'mirror.example' } }, 'mirror.example/hostdeps/hostdeps:0.1.0'],
  ])('takes the image of %j', async (values, image) => {
    const found = JSON.stringify(await helm.template(values)).match(/(?<="image":")[^"]+/g)
    expect(new Set(found)).toEqual(new Set([image]))
    // The prober, the server, and the pod of helm test.
    expect(found).toHaveLength(3)
  })

  test.each<[Values, string, string]>([
    [everything, 'hostdeps', 'hostdeps'],
    [{ ...everything, nameOverride: 'agent' }, 'hostdeps', 'hostdeps-agent'],
    [{ ...everything, ...elsewhere }, 'kube-node', 'my-hd'],
  ])('makes objects that know each other by their names: %j', async (values, namespace, name) => {
    const objects = await helm.template(values)
    const secrets = [namespace, 'monitoring'].map((place) => `Secret ${place}/their-tls`)
    expect(danglingIn(objects, secrets)).toEqual([])
    const agents = objects.find(({ kind }) => kind === 'DaemonSet')
    expect(agents?.metadata).toMatchObject({ name, namespace })
    const places = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))
    expect(places).toEqual(new Set([namespace, 'monitoring']))
  })

  test('lets labels be added, and none that others find the agents by be changed', async () => {
    const objects = await helm.template(everything)
    for (const { metadata } of objects) expect(metadata.labels).toMatchObject({ team: 'storage' })
    const { metadata, spec } = podsOf(objects)
    expect(spec.selector.matchLabels).toEqual({ 'app.kubernetes.io/name': 'hostdeps' })
    expect(spec.template.metadata.labels).toEqual({
      'app.kubernetes.io/name': 'hostdeps',
      'app.kubernetes.io/instance': 'hostdeps',
      team: 'storage',
      tier: 'node',
    })
    expect(spec.template.metadata.annotations).toMatchObject(everything['podAnnotations'] as object)
    expect(spec.template.spec.imagePullSecrets).toEqual([{ name: 'one' }, { name: 'two' }])
    expect(metadata.annotations).toEqual(everything['daemonSetAnnotations'])
    expect(spec.revisionHistoryLimit).toBe(0)
    const env = spec.template.spec.containers.map((one) => one.env?.at(-1))
    expect(env).toEqual([
      { name: 'NODE_OPTIONS', value: '--max-old-space-size=100' },
      { name: 'TZ', value: 'UTC' },
    ])
  })

  test.each([{}, everything, elsewhere])(
    'gives no container more than manifests/ does: %j',
    async (values) => {
      const [plain, changed] = [podsOf(await helm.template({})), podsOf(await helm.template(values))]
      const rights = ({ spec }: Pods) => spec.template.spec.containers.map((one) => one.securityContext)
      expect(rights(changed)).toEqual(rights(plain))
      expect(changed.spec.template.spec).not.toHaveProperty('hostPID')
      expect(changed.spec.template.spec.automountServiceAccountToken).toBe(false)
    },
  )

  test('writes texts into the ConfigMaps as they are, whatever is in them', async () => {
    const text = 'needs: # \'{{ .Values }}\'\n  - file: /a\n\n\n#\ttab "quoted" \u00e9\n\n  # end'
    const host = 'a\n---\nkind: Pod\n{{ fail "x" }}'
    const objects = await helm.template({ customChecks: { 'a.yaml': text }, config: { http: { host } } })
    const data = objects.filter(({ kind }) => kind === 'ConfigMap').map((one) => one['data'])
    expect(data).toContainEqual({ 'a.yaml': text })
    const [config = ''] = data.flatMap((one) => (one as Record<string, string>)['config.yaml'] ?? [])
    expect(parse(config).http).toEqual({ host })
    expect(objects.filter(({ kind }) => kind === 'Pod')).toHaveLength(1)
  })

  test('pushes it to a registry, and makes the same of what is there', async () => {
    const registry = await startRegistry('127.0.0.1')
    onTestFinished(() => registry.stop())
    const folder = mkdtempSync(join(tmpdir(), 'hostdeps-chart-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    await helm.run('package', chart, '--destination', folder)
    const archive = join(folder, readdirSync(folder)[0] ?? '')
    const charts = `oci://${registry.address}/charts`
    await helm.run('push', archive, charts, '--plain-http')
    const template = (...from: string[]) => helm.run('template', 'hostdeps', ...from, '-n', 'hostdeps')
    expect(await template(`${charts}/hostdeps`, '--plain-http')).toBe(await template(chart))
  })

  test('leaves out what null says', async () => {
    const none = { prober: { resources: null }, affinity: null, nodeSelector: null, priorityClassName: null }
    const objects = await helm.template({ ...none, tolerations: [], config: null })
    const { spec } = podsOf(objects).spec.template
    for (const key of ['affinity', 'nodeSelector', 'priorityClassName', 'tolerations'])
      expect(spec).not.toHaveProperty(key)
    const configs = objects.filter(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'hostdeps',
    )
    expect(configs.map(({ data }) => parse((data as Record<string, string>)['config.yaml'] ?? ''))).toEqual([
      {},
    ])
    expect(spec.containers.map(({ resources }) => resources !== undefined)).toEqual([false, true])
    expect(objects.filter(({ kind }) => kind === 'ResourceQuota')).toEqual([])
  })
})

/** What Helm makes of a chart that has this one as a dependency. */
async function parentOf(helm: Helm): Promise<(values: Values) => Promise<string>> {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-parent-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { version } = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8'))
  const dependencies = [{ name: 'hostdeps', version, condition: 'hostdeps.enabled' }]
  const about = { apiVersion: 'v2', name: 'parent', version: '1.0.0', dependencies }
  writeFileSync(join(folder, 'Chart.yaml'), JSON.stringify(about))
  cpSync(chart, join(folder, 'charts/hostdeps'), { recursive: true })
  return (values) => helm.run('template', 'mine', folder, '--values', helm.values(values))
}

/** What is a text and what is none, by its path. */
function textsIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(textsIn)
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, textsIn(part)]))
}

interface Pods {
  readonly metadata: { readonly annotations?: object }
  readonly spec: {
    readonly revisionHistoryLimit?: number
    readonly selector: { readonly matchLabels: object }
    readonly template: {
      readonly metadata: { readonly labels: object; readonly annotations: object }
      readonly spec: {
        readonly containers: readonly {
          readonly securityContext: object
          readonly resources?: object
          readonly env?: readonly object[]
        }[]
        readonly imagePullSecrets?: object
        readonly automountServiceAccountToken: boolean
      }
    }
  }
}

function podsOf(objects: readonly KubeObject[]): Pods {
  return objects.find(({ kind }) => kind === 'DaemonSet') as unknown as Pods
}
