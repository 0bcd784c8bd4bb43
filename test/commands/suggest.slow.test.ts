import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { unprintable } from '#agent/model/plain.ts'
import { hostile } from '../cluster/made-nodes.ts'
import { hostdeps } from '../hosts/cli.ts'
import { fakeApi, status } from '../kube/fake-api.ts'
import type { Answer } from '../kube/fake-api.ts'
import { agentPod, rawNode, rawPod } from '../kube/raw-objects.ts'

const configText = `# What we publish.
checks: [time-sync, nfs-client]   # ask the storage team
interval: 90s

http: { port: 9000 }              # it's ours
`
const configMap = { metadata: { resourceVersion: '42' }, data: { 'config.yaml': configText } }

/** An agent of manifests/: what it mounts as its config. */
function agentWith(name: string, namespace = 'hostdeps') {
  const pod = agentPod('worker-1', namespace)
  return { ...pod, spec: { ...pod.spec, volumes: [{ name: 'config', configMap: { name } }] } }
}

const mine = '/api/v1/namespaces/hostdeps/configmaps/mine'

/** What the API has at each path. */
type World = Readonly<Record<string, unknown>>

const world: World = {
  '/api/v1/pods': [
    rawPod('longhorn-system', ['docker.io/longhornio/longhorn-manager:v1.9.0']),
    rawPod('longhorn-system', ['docker.io/longhornio/longhorn-manager:v1.9.0']),
    agentWith('mine'),
  ],
  '/apis/storage.k8s.io/v1/csidrivers': [{ metadata: { name: 'driver.longhorn.io' } }],
  '/apis/storage.k8s.io/v1/csinodes': [{ spec: { drivers: [{ name: 'smb.csi.k8s.io' }] } }],
  '/api/v1/persistentvolumes': [{ spec: { nfs: {} } }],
  '/api/v1/nodes': [rawNode('worker-1', { cilium: { state: 'missing', crashes: 2 } })],
  [mine]: configMap,
}

function answerOf(world: World): Answer {
  return ({ url: { pathname } }) => {
    const found = world[pathname]
    return Array.isArray(found) ? { items: found, metadata: {} } : found
  }
}

const suggest = async (changes: World = {}, ...args: string[]) => {
  const api = await fakeApi(answerOf({ ...world, ...changes }))
  const { exitCode, stdout, stderr } = await hostdeps('suggest', '--kubeconfig', api.kubeConfig, ...args)
  return { api, exitCode, stdout, stderr }
}

const refused = (what: string) => status(403, `${what} is forbidden: User "jane" cannot do that`)

test('a table, the line, and the command that sets it', async () => {
  const { exitCode, stdout, stderr, api } = await suggest()
  expect([exitCode, stderr]).toEqual([0, ''])
  const [table = '', line = '', command = '', ...others] = stdout.split('\n\n')
  expect(table.split('\n').map((row) => row.split(/ {2,}/))).toEqual([
    ['CHECK', 'WHY', 'PUBLISHED'],
    ['cilium', '2 containers crash on 1 node', 'no'],
    ['longhorn', 'image longhornio/longhorn-manager in 2 pods (longhorn-system)', 'no'],
    ['smb-cifs', 'driver smb.csi.k8s.io on 1 node', 'no'],
    ['nfs-client', 'nfs volumes: 1 PersistentVolume', 'yes'],
  ])
  expect(line).toBe("The config's line:\n  checks: [time-sync, nfs-client, cilium, longhorn, smb-cifs]")
  expect(command).toContain(
    `\n  kubectl --kubeconfig=${api.kubeConfig} -n hostdeps patch configmap mine --type merge -p '{"metadata":{"resourceVersion":"42"},`,
  )
  expect(others).toEqual([])
})

/** What kubectl gets of the command, by a shell that runs it with one that only writes down its words. */
async function pasted(command: string): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-kubectl-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'kubectl'), '#!/bin/sh\nfor word; do printf "%s\\n" "$word"; done\n', {
    mode: 0o755,
  })
  const { stdout } = await execa('/bin/sh', ['-c', command], { env: { PATH: `${folder}:/usr/bin:/bin` } })
  return stdout.split('\n')
}

test('pasted, it changes one key of the config and keeps every other character; flags stay', async () => {
  const { stdout } = await suggest(
    {},
    '-o',
    'json',
    '--context',
    'test',
    '--as',
    "o'neil",
    '--as-group',
    'a b',
  )
  const { v, command, checks, added, left, publishedFrom, suggestions } = JSON.parse(stdout)
  expect({ v, checks, added, left, publishedFrom }).toEqual({
    v: 1,
    checks: ['time-sync', 'nfs-client', 'cilium', 'longhorn', 'smb-cifs'],
    added: ['cilium', 'longhorn', 'smb-cifs'],
    left: [],
    publishedFrom: 'config',
  })
  expect(suggestions[1].why).toEqual([
    { by: 'image', image: 'longhornio/longhorn-manager', pods: 2, namespaces: ['longhorn-system'] },
    { by: 'driver', driver: 'driver.longhorn.io', nodes: 0, volumes: 0 },
  ])
  const words = await pasted(command)
  expect(words.slice(1, 4)).toEqual(['--context=test', "--as=o'neil", '--as-group=a b'])
  const patch = JSON.parse(words.at(-1) ?? '')
  const changed = patch.data['config.yaml']
  expect(changed).toBe(configText.replace('nfs-client]', 'nfs-client, cilium, longhorn, smb-cifs]'))
  expect(parse(changed)).toEqual({ ...parse(configText), checks })
})

test('nothing to suggest is one line', async () => {
  const none = await suggest({
    '/api/v1/pods': [],
    '/apis/storage.k8s.io/v1/csidrivers': [],
    '/apis/storage.k8s.io/v1/csinodes': [],
    '/api/v1/persistentvolumes': [],
    '/api/v1/nodes': [],
    '/api/v1/namespaces/hostdeps/configmaps/hostdeps': configMap,
  })
  expect([none.exitCode, none.stderr, none.stdout]).toEqual([
    0,
    '',
    'Nothing to suggest: nothing was found in the cluster that a check is for.',
  ])
  const text = 'checks: [cilium, longhorn, smb-cifs, nfs-client]'
  const all = await suggest({ [mine]: { data: { 'config.yaml': text } } })
  expect([all.exitCode, all.stderr, all.stdout]).toEqual([
    0,
    '',
    'Nothing to suggest: what was found is published (cilium, longhorn, smb-cifs, nfs-client).',
  ])
})

describe('each right that is missing is named, and the rest is said', () => {
  test.each<[string, string, readonly string[]]>([
    ['/api/v1/pods', 'pods', ['cilium', 'longhorn', 'smb-cifs', 'nfs-client']],
    ['/apis/storage.k8s.io/v1/csidrivers', 'csidrivers', ['cilium', 'longhorn', 'smb-cifs', 'nfs-client']],
    ['/apis/storage.k8s.io/v1/csinodes', 'csinodes', ['cilium', 'longhorn', 'nfs-client']],
    ['/api/v1/persistentvolumes', 'persistentvolumes', ['cilium', 'longhorn', 'smb-cifs']],
    ['/api/v1/nodes', 'nodes', ['longhorn', 'smb-cifs', 'nfs-client']],
  ])('%s', async (path, what, names) => {
    const { exitCode, stdout, stderr } = await suggest(
      { [path]: refused(what), '/api/v1/namespaces/hostdeps/pods': [agentWith('mine')] },
      '-o',
      'json',
    )
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(
      new RegExp(`^${what} cannot be listed, so [^\\n]* are not known: ${what} is forbidden: User "jane"`),
    )
    const said = JSON.parse(stdout)
    expect(said.suggestions.map(({ check }: { check: string }) => check)).toEqual(names)
    // The agents' ConfigMap is found all the same.
    expect(said.command).toContain(' patch configmap mine ')
  })

  test('the configmap: what Nodes have labels for counts, and there is no command', async () => {
    const { exitCode, stdout, stderr } = await suggest({ [mine]: refused('configmaps "mine"') })
    expect([exitCode, stderr]).toEqual([
      0,
      'the agents\' configmap cannot be read, so no command can be made: configmaps "mine" is forbidden: User "jane" cannot do that',
    ])
    expect(stdout).toMatch(/^cilium .* yes$/m)
    expect(stdout).toContain('  checks: [cilium, longhorn, smb-cifs]')
    expect(stdout).not.toContain('kubectl')
  })

  test('the configmap and nodes: what is published is unknown', async () => {
    const { stdout } = await suggest({ [mine]: refused('configmaps'), '/api/v1/nodes': refused('nodes') })
    expect(stdout).toMatch(/^longhorn .* \?$/m)
    expect(stdout).toMatch(/\n\nAdd to the config's checks: longhorn, smb-cifs$/)
  })

  test("all of them: the API server's words, each once", async () => {
    const everything = Object.fromEntries(
      Object.keys(world).map((path) => [path, status(401, 'Unauthorized')]),
    )
    const { exitCode, stdout, stderr } = await suggest(everything)
    expect([exitCode, stdout, stderr]).toEqual([1, '', 'Unauthorized'])
  })
})

test('where hostdeps is not installed, the defaults and what is suggested', async () => {
  const pods = [rawPod('longhorn-system', ['longhornio/longhorn-manager'])]
  const { exitCode, stdout, stderr } = await suggest({ '/api/v1/pods': pods, '/api/v1/nodes': [] })
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(/^there is no ConfigMap hostdeps in the namespace hostdeps: /)
  expect(stdout).toContain(
    '  checks: [kubernetes-node, time-sync, open-iscsi, nfs-client, longhorn, smb-cifs]',
  )
})

test('agents in several namespaces: -n chooses', async () => {
  const pods = [agentWith('mine'), agentWith('theirs', 'tenant')]
  const both = await suggest({ '/api/v1/pods': pods })
  expect([both.exitCode, both.stderr]).toEqual([
    0,
    expect.stringContaining('(hostdeps, tenant); choose one with -n'),
  ])
  expect(both.stdout).not.toContain('kubectl')
  const one = await suggest({ '/api/v1/pods': pods }, '-n', 'hostdeps')
  expect([one.stderr, one.stdout]).toEqual(['', expect.stringContaining('-n hostdeps patch configmap mine ')])
})

test.each<[string, string, RegExp]>([
  [
    'a mistake',
    'checks: [time-sync]\ninterval: soon\n',
    /^config\.yaml of the ConfigMap mine of hostdeps has a mistake: line 2: /,
  ],
  ['no YAML', 'checks: [', /has a mistake: line 1: /],
  ['a name that is none', 'checks: ["$(reboot)"]', /has a mistake: checks: \$\(reboot\) is no name/],
  [
    'an anchor that is used elsewhere',
    'checks: &a [time-sync]\ncrashes: { exclude: *a }\n',
    /^the config is written in a way that is not changed here/,
  ],
])('a config with %s: the line, and no command', async (_, text, said) => {
  const { exitCode, stdout, stderr } = await suggest({ [mine]: { data: { 'config.yaml': text } } })
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(said)
  expect(stdout).toMatch(/^ {2}checks: \[[a-z, -]+\]$/m)
  expect(stdout).not.toContain('kubectl')
})

test('names of the cluster reach neither the terminal nor the command', async () => {
  const pod = rawPod(hostile, [hostile, `${hostile}/longhornio/longhorn-manager:${hostile}`])
  const agent = agentWith(hostile)
  const node = rawNode('worker-1', { cilium: { state: 'missing', crashes: 1 } })
  node.metadata.labels = { [`hostdeps.dev/${hostile}`]: 'ready' }
  const strange = {
    '/api/v1/pods': [pod, agent, { ...agent, metadata: { ...agent.metadata, namespace: hostile } }],
    '/apis/storage.k8s.io/v1/csidrivers': [{ metadata: { name: hostile } }],
    '/apis/storage.k8s.io/v1/csinodes': [{ spec: { drivers: [{ name: hostile }] } }],
    '/api/v1/persistentvolumes': [{ spec: { csi: { driver: hostile } } }],
    '/api/v1/nodes': [node, rawNode(hostile, { [hostile]: { state: 'missing', crashes: 3 } })],
    '/api/v1/namespaces/hostdeps/configmaps/hostdeps': {
      metadata: { resourceVersion: hostile },
      data: { 'config.yaml': 'checks: [time-sync]\n' },
    },
  }
  for (const format of ['text', 'json']) {
    const { stdout, stderr, exitCode } = await suggest(strange, '-o', format)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain('longhorn')
    expect(stdout).toContain('kubectl')
    expect(stdout).not.toContain('reboot')
    expect(stdout.replaceAll('\n', '')).not.toMatch(new RegExp(`[${unprintable}]`, 'u'))
  }
})

test("hostile words of the API server and in the config's comments are shown harmless", async () => {
  const text = `# ${hostile.replaceAll('\n', ' ')} '; reboot '\nchecks: [time-sync]\n`.replaceAll(
    '\u001b',
    '',
  )
  const { stdout, stderr } = await suggest({
    [mine]: { data: { 'config.yaml': text } },
    '/api/v1/persistentvolumes': status(403, hostile),
  })
  for (const said of [stdout, stderr])
    expect(said.replaceAll('\n', '')).not.toMatch(new RegExp(`[${unprintable}]`, 'u'))
  const command = stdout.split('\n').find((line) => line.startsWith('  kubectl')) ?? ''
  const patch = JSON.parse((await pasted(command)).at(-1) ?? '')
  expect(patch.data['config.yaml']).toBe(text.replace('time-sync]', 'time-sync, cilium, longhorn, smb-cifs]'))
})

test('5,000 pods are read in pages', async () => {
  const some = Array.from({ length: 500 }, (_, index) => rawPod(`team-${index % 50}`, [`app-${index}:1`]))
  let page = 0
  const answer = answerOf(world)
  const api = await fakeApi((request, response) =>
    request.url.pathname === '/api/v1/pods'
      ? {
          items: page++ === 9 ? [...some, agentWith('mine')] : some,
          metadata: { continue: page < 10 ? 'more' : '' },
        }
      : answer(request, response),
  )
  const { stdout } = await hostdeps('suggest', '--kubeconfig', api.kubeConfig)
  expect(api.asked.filter(({ url }) => url.pathname === '/api/v1/pods')).toHaveLength(10)
  expect(stdout).toContain(' patch configmap mine ')
})
