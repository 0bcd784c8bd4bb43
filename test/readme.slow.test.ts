import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { defaultConfig, readConfig } from '#agent/catalog/config.ts'
import { loadShipped } from '#agent/catalog/load.ts'
import { renderExplanation } from '#agent/render/explain.ts'
import { formats } from '#agent/render/formats.ts'
import { answersOf } from '#agent/symptoms/answer-of-report.ts'
import { judgeHits } from '#agent/symptoms/judge-hits.ts'
import { createMatcher } from '#agent/symptoms/matcher.ts'
import { agentsByNode } from '#agent/cluster/agents-on.ts'
import { joinNodes } from '#agent/cluster/node-status.ts'
import { renderNodes } from '#agent/cluster/node-table.ts'
import { renderWhy } from '#agent/cluster/why/render-why.ts'
import { answersFor, crashLoop, labelled, madePod } from './cluster/why/made-pods.ts'
import { findEvidence } from '#agent/cluster/suggest/evidence.ts'
import { suggestFormats } from '#agent/cluster/suggest/formats.ts'
import { patchCommand } from '#agent/cluster/suggest/patch-command.ts'
import { suggest } from '#agent/cluster/suggest/suggest.ts'
import { configWith } from '#agent/commands/wiring/suggest/config-with.ts'
import { agentOn, madeNode, noIscsi, now } from './cluster/made-nodes.ts'
import { counts, madePods, madeSources } from './cluster/suggest/made-sources.ts'
import { routes } from '#agent/http/contract/contract.ts'
import { hostdeps } from './hosts/cli.ts'
import { composedReport } from './hosts/composed-report.ts'
import { fakeSource } from './http/report-fixture.ts'
import { serve } from './http/serve.ts'

const root = resolve(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The block after a comment. */
function block(comment: string): string {
  const [, text] = new RegExp(`<!-- ${comment} -->\n\`\`\`\\w+\n([^\`]+)\`\`\``).exec(readme) ?? []
  if (text === undefined) throw new Error(`the README has no block "${comment}"`)
  return text
}

/** What the README shows of worker-1 is what an agent says of this composed host. */
const worker = await composedReport('k3s-on-debian', { containers: ['longhorn-manager'] })

test('the first output is what npm start prints', () => {
  const printed = formats.summary(worker, { color: false, foldedAt: 'hostdeps check --all' })
  expect(block('output: npm start')).toBe(`$ npm ci && npm start\n${printed}`)
})

test('and the second what curl gets', async () => {
  const { get } = await serve(fakeSource(worker))
  const { body } = await get('/ready/open-iscsi', { headers: { accept: '*/*' } })
  const [command = '', ...shown] = block('output: curl').split('\n')
  expect(command).toMatch(/^\$ curl 127\.0\.0\.1:9465\/ready\/open-iscsi +# 200 .* 503$/)
  expect(withoutTime(shown.join('\n'))).toBe(withoutTime(body))
})

test('and what it gets while something changes', async () => {
  const source = fakeSource(worker)
  const { server } = await serve(source)
  const response = await fetch(`${server.address}/v1/watch?check=open-iscsi`)
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const readUntil = async (words: string) => {
    while (!text.includes(words)) text += (await reader?.read())?.value ?? ''
  }
  await readUntil('event: snapshot')
  const ready = { state: 'ready', reason: 'AllReady', message: 'all 6 needs are met' } as const
  source.put({
    ...worker,
    took: 66,
    checks: worker.checks.map((one) => (one.name === 'open-iscsi' ? { ...one, ...ready } : one)),
  })
  await readUntil('event: round')
  await readUntil('"took":66}\n\n')
  await reader?.cancel()
  const [command, ...shown] = block('output: curl watch').split('\n')
  expect(command).toBe("$ curl -N '127.0.0.1:9465/v1/watch?check=open-iscsi'")
  const withoutId = (words: string) =>
    words.replaceAll(/^id: \w+-/gm, 'id: ').replaceAll(/"\d{4}-[^"]*Z"/g, 'TIME')
  expect(withoutId(shown.join('\n'))).toBe(withoutId(text))
})

test('what explain says of the log in the README', () => {
  const [log = '', said] = block('output: explain').split(/^\$ npx hostdeps explain crash\.log\n/m)
  const { catalog } = loadShipped()
  const hits = createMatcher(catalog.values()).match(Buffer.from(log.replace(/^\$.*\n/, '')))
  const causes = judgeHits(hits, { checks: catalog, answerFor: answersOf(worker, () => null) })
  const host = { name: worker.node, os: worker.host.os }
  expect(renderExplanation({ v: 1, host, exit: null, causes }, { color: false })).toBe(said)
})

test('and the cluster what hostdeps nodes prints', () => {
  const ready = { state: 'ready' } as const
  const mountNfs = {
    state: 'missing',
    needs: [{ id: 'binary:mount.nfs', reason: 'BinaryNotFound' }],
  } as const
  const usual = { 'kubernetes-node': ready, 'time-sync': ready, 'open-iscsi': ready, 'nfs-client': ready }
  const nodes = [
    madeNode('worker-1', { ...usual, 'open-iscsi': { ...noIscsi, crashes: 1 }, 'nfs-client': mountNfs }),
    madeNode('worker-2', usual),
    madeNode('worker-3', { ...usual, 'nfs-client': mountNfs }),
    madeNode('worker-4', usual),
  ]
  const agents = agentsByNode(['worker-1', 'worker-2', 'worker-3'].map((node) => agentOn(node)))
  const joined = joinNodes(nodes, { agents, only: null, catalog: new Map() })
  const table = renderNodes(joined, { color: false, headers: true, now })
  expect(block('output: nodes')).toBe(`$ kubectl hostdeps nodes\n${table}`)
})

test('and why a pod crashes what hostdeps why prints', () => {
  const nodes = labelled([madeNode('worker-1', { 'open-iscsi': noIscsi })])
  const pod = madePod({
    name: 'longhorn-manager-5mc6p',
    namespace: 'longhorn-system',
    container: { name: 'longhorn-manager', image: 'longhornio/longhorn-manager:v1.12.2' },
    status: { ...crashLoop(1), name: 'longhorn-manager' },
  })
  const log =
    'level=info msg="Starting longhorn manager"\nnsenter: failed to execute iscsiadm: No such file or directory\n'
  const [answer] = answersFor([pod], { log, nodes })
  expect(block('output: why')).toBe(
    `$ kubectl hostdeps why -n longhorn-system --all\n${renderWhy(answer === undefined ? [] : [answer], { color: false })}`,
  )
})

test('and what to publish what hostdeps suggest prints', () => {
  const { catalog } = loadShipped()
  const { metadata, data } = parse(readFileSync(join(root, 'manifests/base/config-map.yaml'), 'utf8'))
  const text: string = data['config.yaml']
  const { checks: now } = defaultConfig
  const pods = madePods({
    images: counts({ 'longhornio/longhorn-manager:v1.9.1': { 'longhorn-system': 3 } }),
    containers: counts({ 'cilium-agent': { 'kube-system': 4 } }),
  })
  const csiNodes = new Map([['smb.csi.k8s.io', 4]])
  const persistentVolumes = { drivers: new Map([['smb.csi.k8s.io', 12]]), sources: new Map([['nfs', 2]]) }
  const nodes = [madeNode('worker-1', { longhorn: { ...noIscsi, crashes: 1 } })]
  const evidence = findEvidence(catalog, madeSources({ pods, csiNodes, persistentVolumes, nodes }))
  const suggestions = suggest(catalog, evidence, { checks: now, base: now, from: 'config' })
  const changed = configWith(text, suggestions.added, suggestions.checks)
  const command = patchCommand({ ...metadata, text: changed, resourceVersion: '48151' }, [])
  const printed = suggestFormats.text({ ...suggestions, publishedFrom: 'config', command })
  expect(block('output: suggest')).toBe(`$ kubectl hostdeps suggest\n${printed}`)
})

function withoutTime(text: string): string {
  return text.replace(/since \d\S+Z/, 'since TIME')
}

test('every path of the HTTP table is served', async () => {
  const [, table = ''] = /\| path \| answer \|\n\|.*\n((?:\|.*\n)+)/.exec(readme) ?? []
  const named = table
    .split('\n')
    .flatMap((row) => row.split('|')[1]?.match(/(POST )?\/[^`]*/g) ?? [])
    .map((words) => (words.includes(' ') ? words : `GET ${words}`).replace('<check>', ':name'))
  const served = Object.values(routes).map(({ method, url }) => `${method} ${url}`)
  expect(named.toSorted()).toEqual(served.toSorted())
})

test('the config shows every key, with its default', () => {
  const text = block('config: defaults')
  expect(readConfig('config.yaml', text, null)).toEqual({ config: defaultConfig })
  const keys = (value: object) => Object.keys(value).toSorted()
  const shown = parse(text)
  expect(keys(shown)).toEqual(keys(defaultConfig))
  expect(keys(shown.publish)).toEqual(keys(defaultConfig.publish))
  expect(keys(shown.http)).toEqual(keys(defaultConfig.http))
})

test('the commands and flags that it names are there', async () => {
  const subcommands = '(check|checks|run|probe|serve|wait|why|restart|prune)'
  const lines = [
    ...readme.matchAll(new RegExp(`(?:^|[\`(])(?:npx )?hostdeps ${subcommands}\\b([^\`\n]*)`, 'gm')),
  ]
  expect(lines.length).toBeGreaterThan(5)
  for (const [, command = '', rest = ''] of lines) {
    const { stdout } = await hostdeps(command, '--help')
    for (const flag of rest.match(/(?<= )--?[a-z][a-z-]*/g) ?? [])
      expect([command, flag, stdout.includes(flag)]).toEqual([command, flag, true])
  }
})

test('the requests and limits are those of the DaemonSet', () => {
  const { spec } = parse(readFileSync(join(root, 'manifests/base/daemon-set.yaml'), 'utf8'))
  const resources = spec.template.spec.containers.map(
    (container: { resources: object }) => container.resources,
  )
  expect(resources).toEqual([
    { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '192Mi' } },
    { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '192Mi' } },
  ])
  expect(readme).toContain('| CPU request | 10m | 10m | 20m |')
  expect(readme).toContain('| 64 MiB, 192 MiB | 64 MiB, 192 MiB | 128 MiB, 384 MiB |')
})

test('the contents name every section, in order', () => {
  const sections = [...readme.matchAll(/^## (.*)$/gm)].map(([, title = '']) => title)
  const contents = [...readme.matchAll(/\[([^\]]+)\]\(#([^)]+)\)/g)].slice(0, sections.length)
  expect(contents.map(([, title]) => title)).toEqual(sections)
  for (const [, title = '', anchor] of contents) expect(anchor).toBe(anchorOf(title))
})

test.each([
  'README.md',
  'CONTRIBUTING.md',
  'AGENTS.md',
  'SECURITY.md',
  'checks/WRITING.md',
  'examples/README.md',
  'manifests/README.md',
])('the links of %s lead somewhere', (file) => {
  const text = readFileSync(join(root, file), 'utf8')
  for (const [, target = '', anchor] of text.matchAll(/\]\(([^)#:]*)(?:#([^)]+))?\)/g)) {
    const path = target === '' ? file : join(dirname(file), target)
    expect([path, existsSync(join(root, path))]).toEqual([path, true])
    if (anchor !== undefined) expect(anchorsOf(path)).toContain(anchor)
  }
})

function anchorsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => anchorOf(title))
}

/** As GitHub makes them. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-')
}
