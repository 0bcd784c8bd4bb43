import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { startControlPlane } from '../cluster/plane/control-plane.ts'
import type { ControlPlane } from '../cluster/plane/control-plane.ts'
import { manifests } from '../cluster/plane/gated-cluster.ts'
import { until } from '../cluster/plane/test-node.ts'
import { chart, helms, openHelm } from './helm.ts'
import type { Helm, KubeObject, Values } from './helm.ts'
import { notTexts, odd } from './odd-values.ts'

const isSetUp = ['HOSTDEPS_TEST_HELM', 'HOSTDEPS_TEST_CONTROL_PLANE'].every((name) => process.env[name])
const components = ['gate', 'monitoring', 'openshift', 'auth']
const all: Values = {
  gate: { enabled: true },
  prometheus: { monitor: { enabled: true }, rules: { enabled: true } },
  grafana: { dashboard: { enabled: true } },
  openshift: { enabled: true },
  auth: { enabled: true },
}
const renamed: Values = {
  fullnameOverride: 'my-hd',
  namespaceOverride: 'kube-node',
  serviceAccount: { name: 'acc' },
  gate: { enabled: true },
  customChecks: { 'a-disk.yaml': 'title: A disk\nwhy: For data.\nneeds:\n  - mount: /data\n' },
  config: {
    checks: ['time-sync', 'a-disk'],
    interval: '30s',
    publish: { events: false, reapply: '5m' },
    crashes: { exclude: ['kube-system'] },
    http: { explain: true },
  },
}

describe.skipIf(!isSetUp).each(helms)('%s and a real API server', (_, program) => {
  let cluster: ControlPlane
  let helm: Helm
  beforeAll(async () => {
    cluster = await startControlPlane()
    helm = openHelm(program, { KUBECONFIG: cluster.kubeConfig(cluster.admin.token) })
    for (const name of ['hostdeps', 'kube-node', 'elsewhere', '123', '0'])
      await cluster.kubectl('create', 'namespace', name)
  })
  afterAll(async () => {
    helm?.close()
    await cluster?.stop()
  })

  test.each([
    ['the base', {}, []],
    ['the overlays', all, components],
  ])('makes of its defaults what kustomize makes: %s', async (_, values, overlays) => {
    const wanted = parseAllDocuments(await cluster.kubectl('kustomize', kustomization(cluster, overlays)), {
      version: '1.1',
    }).map((document) => document.toJS() as KubeObject)
    const made = (await helm.template(values)).filter(
      ({ metadata }) => !metadata.annotations?.['helm.sh/hook'],
    )
    expect(byName(made)).toEqual(byName(wanted.filter(({ kind }) => kind !== 'Namespace').map(asOfHelm)))
  })

  test.each([
    ['odd and right', odd],
    ['not read as text without quotes', notTexts],
  ])('makes what the API server takes of values that are %s', async (_, values) => {
    // Of these the server knows no kinds.
    const known = { ...values, prometheus: {}, openshift: {} }
    const flags = ['--values', helm.values(known), '--namespace', 'hostdeps', '--no-hooks']
    const file = join(cluster.folder, 'objects.yaml')
    writeFileSync(file, await helm.run('template', 'hostdeps', chart, ...flags))
    const said = await cluster.kubectl('apply', '--dry-run=server', '-f', file)
    expect(said).toMatch(/^daemonset\.apps\/(?:hostdeps|true) created \(server dry run\)$/m)
  })

  test('installs, upgrades, rolls back and uninstalls; what is gone leaves nothing', async () => {
    const published = async () =>
      parse(
        await cluster.kubectl(
          '-n',
          'hostdeps',
          'get',
          'cm',
          'hostdeps',
          '-o',
          'jsonpath={.data.config\\.yaml}',
        ),
      ).checks
    const release = ['hostdeps', chart, '--namespace', 'hostdeps']
    const said = await helm.run('install', ...release)
    expect(said).toContain('kubectl label namespace hostdeps pod-security.kubernetes.io/enforce=privileged')
    expect(said).toContain('kubectl get nodes -L hostdeps.dev/kubernetes-node,hostdeps.dev/time-sync,')
    await cluster.kubectl('label', 'ns', 'hostdeps', 'pod-security.kubernetes.io/enforce=privileged')
    const upgraded = await helm.run(
      'upgrade',
      ...release,
      '--set',
      'config.checks={cilium}',
      '--set',
      'gate.enabled=true',
    )
    expect(upgraded).not.toContain('kubectl label namespace')
    expect(await published()).toEqual(['cilium'])
    expect(await left(cluster)).toContain(
      'mutatingadmissionpolicy.admissionregistration.k8s.io/hostdeps-gate-requires',
    )
    await helm.run('rollback', 'hostdeps', '1', '--namespace', 'hostdeps')
    expect(await published()).toContain('open-iscsi')
    expect(await left(cluster)).not.toContain('mutatingadmissionpolicy')
    await helm.run('uninstall', 'hostdeps', '--namespace', 'hostdeps')
    await until(
      () => left(cluster),
      (names) => names === '',
    )
  })

  test('takes over what kubectl applied, without making it anew', async () => {
    await cluster.kubectl('apply', '-k', manifests)
    const uid = () =>
      cluster.kubectl('-n', 'hostdeps', 'get', 'ds', 'hostdeps', '-o', 'jsonpath={.metadata.uid}')
    const before = await uid()
    const force = program === helms[1][1] ? ['--force-conflicts'] : []
    await helm.run('install', 'hostdeps', chart, '--namespace', 'hostdeps', '--take-ownership', ...force)
    expect(await uid()).toBe(before)
    await helm.run('uninstall', 'hostdeps', '--namespace', 'hostdeps')
    await until(
      () => left(cluster),
      (names) => names === '',
    )
  })

  describe('under other names', () => {
    beforeAll(async () => {
      await helm.run('install', 'mine', chart, '--namespace', 'elsewhere', '--values', helm.values(renamed))
      await cluster.kubectl(
        'create',
        'clusterrolebinding',
        'all',
        '--clusterrole=cluster-admin',
        '--group=system:serviceaccounts',
      )
    })
    afterAll(() => helm.run('uninstall', 'mine', '--namespace', 'elsewhere'))

    const createAs = (account: string) =>
      cluster
        .kubectl(
          'create',
          'configmap',
          'x',
          '--dry-run=server',
          `--as=system:serviceaccount:${account}`,
          '--as-group=system:serviceaccounts',
        )
        .then(
          () => 'created',
          (error: unknown) => String(error),
        )

    test('confines the account of that name in that namespace, that of fixes, and no other', async () => {
      for (const account of ['kube-node:acc', 'kube-node:hostdeps-fix', 'hostdeps-fix:hostdeps-fix'])
        await until(
          () => createAs(account),
          (said) => said.includes('hostdeps may create nothing but events'),
        )
      for (const account of ['default:acc', 'kube-node:hostdeps', 'elsewhere:acc', 'kube-node:acc2'])
        expect(await createAs(account)).toBe('created')
    })

    test('gates pods by its own ConfigMap, whatever is set in the config', async () => {
      const ask = (checks: string) =>
        cluster
          .kubectl(
            'run',
            'x',
            '--image=x',
            '--dry-run=server',
            '-o',
            'json',
            `--annotations=hostdeps.dev/requires=${checks}`,
          )
          .catch(String)
      await until(
        () => ask('open-iscsi'),
        (said) =>
          /it publishes time-sync, a-disk \(add it to "checks" in the ConfigMap my-hd of kube-node/.test(
            said,
          ),
      )
      await until(
        () => ask('a-disk'),
        (said) => said.includes('"hostdeps.dev/a-disk": "ready"'),
      )
    })

    test('is the one release of the cluster', async () => {
      const second = helm.run('install', 'hostdeps', chart, '--namespace', 'hostdeps')
      await expect(second).rejects.toThrow(
        /ValidatingAdmissionPolicy\w* "hostdeps-\w+" .*(?:exists|cannot be imported)/s,
      )
    })
  })
})

/** A kustomization of the base and of overlays. */
function kustomization(cluster: ControlPlane, overlays: readonly string[]): string {
  const folder = join(cluster.folder, `kustomize-${overlays.length}`)
  mkdirSync(folder)
  const to = (path: string) => relative(folder, join(manifests, path))
  const content = { resources: [to('base')], components: overlays.map((name) => to(`overlays/${name}`)) }
  writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(content))
  return folder
}

/** Where they differ on purpose: the policies match the accounts of one namespace. */
function asOfHelm(object: KubeObject): KubeObject {
  const text = JSON.stringify(object)
    .replaceAll('[^:]+:hostdeps(-fix)?$', '(hostdeps:hostdeps|[^:]+:hostdeps-fix)$')
    .replaceAll('[^:]+:hostdeps$', 'hostdeps:hostdeps$')
  return JSON.parse(text)
}

/** Without the labels that Helm wants, with the config as what it says, and what has names in their order. */
function byName(objects: readonly KubeObject[]): Record<string, unknown> {
  return Object.fromEntries(
    objects.map(({ metadata: { labels, ...metadata }, ...object }) => {
      const own = Object.entries(labels ?? {}).filter(([name]) => !ofHelm.test(name))
      const plain = { ...object, metadata: { ...metadata, labels: Object.fromEntries(own) } }
      const name = `${object.kind} ${metadata.namespace ?? ''}/${metadata.name}`
      return [name, JSON.parse(JSON.stringify(plain), normalized)]
    }),
  )
}

const ofHelm = /^helm\.sh\/chart$|^app\.kubernetes\.io\//

function normalized(key: string, value: unknown): unknown {
  if (key === 'config.yaml') return parse(String(value))
  // That of the custom checks, of which there are none.
  if (key === 'data' && (value === null || isDeepStrictEqual(value, {}))) return undefined
  if (key === 'app.kubernetes.io/instance') return undefined
  if (!Array.isArray(value) || !value.every((one) => typeof one?.name === 'string')) return value
  return value.toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

/** The names of all objects of hostdeps. */
function left(cluster: ControlPlane): Promise<string> {
  const kinds =
    'clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings,mutatingadmissionpolicies,mutatingadmissionpolicybindings,daemonsets,services,configmaps,serviceaccounts,networkpolicies,resourcequotas,pods'
  return cluster.kubectl('get', kinds, '-A', '-l', 'app.kubernetes.io/name=hostdeps', '-o', 'name')
}
