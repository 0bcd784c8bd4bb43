import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '#agent/catalog/config.ts'
import { manifests, nonsense, startGatedCluster } from './plane/gated-cluster.ts'
import type { GatedCluster } from './plane/gated-cluster.ts'
import { mergePatch } from './plane/api-client.ts'
import { until } from './plane/test-node.ts'

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('what the gate reads of the config', () => {
  let gate: GatedCluster
  beforeAll(async () => {
    gate = await startGatedCluster()
  })
  afterAll(() => gate?.cluster.stop())

  test.each(readable)('is what the agents read: %s', async (_, text) => {
    await gate.configure(text)
    expect(await gate.published()).toEqual(published(text))
  })

  test.each(readable)('pods are gated by the labels of Nodes: %s', async (_, text) => {
    await gate.configure(text)
    const names = published(text)
    const selector = await gate.selectorOf({ requires: names.join(', ') })
    expect(Object.keys(selector ?? {}).toSorted()).toEqual(
      names.map((name) => `hostdeps.dev/${name}`).toSorted(),
    )
  })

  describe.each(unreadable)('nothing, when it cannot be read: %s', (_, text) => {
    test('no pod is stopped, and whoever creates one gets a warning', async () => {
      await gate.configure(text)
      const { status, body, warnings } = await gate.make({ requires: `open-iscsi,${nonsense}` })
      expect([status, body.spec?.nodeSelector]).toEqual([201, undefined])
      expect(warnings).toContain('the gate cannot read the ConfigMap hostdeps of hostdeps')
      expect(await gate.selectorOf({ images: ['longhornio/longhorn-manager'] })).toBeUndefined()
    })
  })

  test('a check that is called none keeps no pod off, whatever the config says', async () => {
    await gate.configure('checks: [none, open-iscsi]\n')
    expect(await gate.selectorOf({ requires: 'none' })).toBeUndefined()
  })

  test('labels that are switched off cause a warning', async () => {
    await gate.configure('publish: { labels: false }\n')
    const { body } = await gate.make({ requires: 'open-iscsi' })
    expect(body.message).toContain(
      'it publishes no labels (publish.labels is false in the ConfigMap hostdeps of hostdeps)',
    )
  })

  test('200 images and 64 checks are within what an expression may cost', async () => {
    const names = Array.from({ length: 64 }, (_, number) => `check-${number}-${'x'.repeat(40)}`)
    await gate.configure(
      `# ${'a comment '.repeat(200)}\nchecks:\n${names.map((name) => `  - ${name}\n`).join('')}`,
    )
    const images = Array.from({ length: 200 }, (_, number) => `registry.example.com/some/image-${number}:v1`)
    const selector = await gate.selectorOf({ requires: names.join(','), images })
    expect(Object.keys(selector ?? {})).toHaveLength(64)
    await gate.configure('checks: [longhorn]\n')
    const known = await gate.selectorOf({ images: [...images, 'longhornio/longhorn-manager:v1'] })
    expect(Object.keys(known ?? {})).toEqual(['hostdeps.dev/longhorn'])
  })

  test.each(costly)(
    'no config and no annotation costs more than the API server allows an expression: %s',
    async (_, text) => {
      const failedBefore = await evaluationsFailed()
      await gate.configure(text)
      for (const asked of ['z,', 'a,'].map((name) => name.repeat(2_048))) {
        // It was evaluated: it is refused, or the gate says that it cannot read the config.
        const { status, warnings } = await gate.make({ requires: asked })
        if (status !== 422) expect(warnings).toContain('the gate cannot read the ConfigMap')
        expect((await gate.make({ requires: asked, madeBy: 'ReplicaSet' })).warnings).not.toBe('')
      }
      const images = Array.from({ length: 200 }, () => 'longhornio/longhorn-manager:v1')
      expect((await gate.make({ images })).status).toBe(201)
      expect(await evaluationsFailed()).toEqual(failedBefore)
    },
  )

  /** Those of the gate that ended in an error, by the API server's metrics. Of a denial they say "deny". */
  const evaluationsFailed = async () => {
    const metrics = await gate.cluster.kubectl('get', '--raw', '/metrics')
    return metrics
      .split('\n')
      .filter((line) => /^apiserver_\w+_admission_policy_check_total{.*policy="hostdeps-gate/.test(line))
      .filter(
        (line) => /error_type="(?!no_error)/.test(line) && !/enforcement_action="(deny|warn)"/.test(line),
      )
  }

  test('without its ConfigMap no pod is stopped', async () => {
    await gate.configure('checks: [open-iscsi]\n')
    await gate.cluster.kubectl('delete', 'configmap', '-n', 'hostdeps', 'hostdeps')
    await until(gate.published, (names) => names === null)
    expect(await gate.selectorOf({ requires: `open-iscsi,${nonsense}` })).toBeUndefined()
    expect((await gate.make({ images: ['longhornio/longhorn-manager'] })).status).toBe(201)
  })

  test('it is the ConfigMap of the namespace that kustomize moves hostdeps to', async () => {
    await gate.cluster.kubectl('apply', '-k', moved(gate.cluster.folder, 'infra'))
    await until(gate.published, (names) => names !== null)
    await gate.cluster.call({
      method: 'PATCH',
      path: '/api/v1/namespaces/infra/configmaps/hostdeps',
      type: mergePatch,
      body: { data: { 'config.yaml': 'checks: [my-own]\n' } },
    })
    await until(gate.published, (names) => names?.join() === 'my-own')
    await until(
      () => gate.selectorOf({ requires: 'my-own' }),
      (selector) => selector?.['hostdeps.dev/my-own'] === 'ready',
    )
  })

  test.each(['beside the base', 'around both', 'alone'] as const)(
    'all bindings find it there, the namespace said %s',
    async (where) => {
      const text = await gate.cluster.kubectl('kustomize', moved(gate.cluster.folder, 'infra', where))
      const places = text.match(/paramRef:\n( {4}.*\n)+/g) ?? []
      expect(places).toHaveLength(4)
      for (const place of places) expect(place).toContain('namespace: infra\n')
    },
  )
})

function published(text: string): readonly string[] {
  const read = readConfig('config.yaml', text, null)
  if ('mistakes' in read) throw new Error(JSON.stringify(read.mistakes))
  return read.config.publish.labels ? read.config.checks : []
}

const shipped = parse(readFileSync(join(manifests, 'base/config-map.yaml'), 'utf8'))

const readable: readonly [string, string][] = Object.entries({
  'as it is shipped': shipped.data['config.yaml'],
  'on one line': 'checks: [open-iscsi, my-own]\n',
  'without an end of line': 'checks: [my-own]',
  'one a line': 'interval: 60s\nchecks:\n  - open-iscsi\n  - my-own\nhttp: { port: 1 }\n',
  'one a line, not indented': 'checks:\n- open-iscsi\n- my-own\ninterval: 1m\n',
  'with comments': `# checks: [cilium]\nchecks: # ours\n  # and our own\n  - my-own # - longhorn\n# - cilium\n\n  - time-sync\n`,
  'on several lines': 'checks: [\n  open-iscsi, # why\n\n  my-own,\n]\n',
  'on the next line': 'checks:\n  [open-iscsi,my-own]\n',
  'in quotes': '"checks": ["my-own", \'open-iscsi\']\n',
  'in single quotes': "'checks' : ['my-own']\n'interval': '60s'\n",
  'as a map in brackets': '{ checks: [open-iscsi, my-own], interval: 60s }\n',
  'as JSON':
    '{"interval":"60s","checks":["my-own"],"http":{"host":"::","port":9465},"publish":{"events":false}}',
  'as JSON on several lines': JSON.stringify({ checks: ['my-own'], publish: { labels: true } }, null, 2),
  'after a mark of its beginning': '---\nchecks: [my-own]\n',
  'with tabs': 'checks:\t[my-own]\t# ours\n',
  'with # in it and around': '## [a]\n # b\n#\nchecks: ## c\n  - my-own ## d # e\n  #- f\n',
  'with the line ends of Windows': 'checks:\r\n  - my-own\r\n\r\n# so\r\ninterval: 60s\r\n',
  'not at all': 'interval: 60s\n',
  'an empty file': '',
  'a file of comments': '# checks: [my-own]\n',
  'an empty map': '{}\n',
  'an empty list': 'checks: []\n',
  'as many as may be published': `checks: [${names(64)}]\n`,
  'beside all else': `checks: [my-own]\ninterval: 60s\ndeadline: 1.5s\nunknownAfter: 5m\npublish:\n  labels: true\n  conditions: false\n  reapply: 10m\nhttp:\n  host: 127.0.0.1\n  port: 9465\n`,
  'beside conditions of problems': 'checks: [my-own]\npublish: { conditions: problems }\n',
  'beside explain': 'http: { explain: true }\nchecks: [my-own]\n',
  'with a host named like a key': 'http: { host: checks }\nchecks: [my-own]\n',
  'beside the crash watch': 'crashes: { watch: true, exclude: [kube-system, "my-own"] }\nchecks: [my-own]\n',
  'beside the crash watch, on lines': `crashes:\n  exclude:\n    - kube-system\n    - a-1\n  watch: false\nchecks:\n  - my-own\n`,
  'beside the crash watch that is as it is': 'checks: [my-own]\ncrashes: {}\nhttp: { port: 9465 }\n',
  'with labels switched off': 'publish: { labels: false }\n',
  'with labels switched off on a line': 'checks: [my-own]\npublish:\n  events: false\n  labels: False\n',
  'with labels switched off in JSON': '{"checks":["my-own"],"publish":{"labels":false}}',
})

const unreadable = Object.entries({
  'an anchor': 'checks: &ours [open-iscsi]\n',
  'a tag': 'checks: !!seq [open-iscsi]\n',
  'an escape': 'checks: ["open\\x2discsi"]\n',
  'a key in long form': '? checks\n: [open-iscsi]\n',
  'the key is not there': null,
  'more checks than may be published': `checks: [open-iscsi, ${names(64)}]\n`,
  'one letter each, up to the end': `checks: [${'a,'.repeat(8_186)}]\n`,
  'a longer text than the gate reads': `checks: [open-iscsi]\n${'# a comment\n'.repeat(1_500)}`,
  'a name that is too long': `checks: [open-iscsi, ${'a'.repeat(57)}]\n`,
  'a # in a name': 'checks:\n  - open-iscsi#2\n',
  'no YAML': 'checks: [open-iscsi\n',
  'no list': 'checks: open-iscsi\n',
  'a list of maps': 'checks: [{ name: open-iscsi }]\n',
  'an unknown key': 'cheks: [open-iscsi]\n',
  'nothing like a config': '\u0000\u001b%PDF-1.7 {{{ ]]] : : :\n'.replaceAll('\u0000', '�'),
})

/** As long as the gate reads, in forms that are dear to match. */
const costly = Object.entries({
  'names on one line': `checks: [${'b,'.repeat(8_186)}]\n`,
  'a name a line': `checks:\n${'- b\n'.repeat(4_000)}`,
  'as many as may be published': filled(`checks: [${names(64)}]\n`),
  comments: `checks: [open-iscsi]\n${'#\n'.repeat(8_170)}`,
  'times over and over': `checks: [open-iscsi]\n${'interval: 1s\n'.repeat(1_200)}`,
  'empty lines': `checks: [open-iscsi]\n${'\n'.repeat(16_000)}`,
  quotes: `checks: [open-iscsi]\n${"'".repeat(16_000)}`,
})

/** Each of 56 characters. */
function names(count: number): string {
  return Array.from({ length: count }, (_, number) => `check-${number}-`.padEnd(56, 'x')).join(', ')
}

function filled(text: string): string {
  return `${text}#`.padEnd(16_383, ' c')
}

/** A kustomization of somebody's own that moves hostdeps. */
function moved(parent: string, namespace: string, where = 'beside the base'): string {
  const folder = join(parent, `moved-${performance.now()}`)
  const inner = join(folder, 'inner')
  mkdirSync(inner, { recursive: true })
  const write = (place: string, content: object) =>
    writeFileSync(join(place, 'kustomization.yaml'), JSON.stringify(content))
  const parts = {
    resources: [relative(inner, manifests)],
    components: [relative(inner, `${manifests}/overlays/gate`)],
  }
  if (where === 'around both') {
    write(inner, parts)
    write(folder, { namespace, resources: ['inner'] })
    return folder
  }
  write(inner, { namespace, ...parts, ...(where === 'alone' && { resources: [] }) })
  return inner
}
