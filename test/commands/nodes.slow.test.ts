import { execa } from 'execa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { unprintable } from '#agent/model/plain.ts'
import { hostdeps } from '../hosts/cli.ts'
import { hostile, noIscsi } from '../cluster/made-nodes.ts'
import { agentPod, rawNode } from '../kube/raw-objects.ts'
import { fakeApi, status } from '../kube/fake-api.ts'
import type { Answer } from '../kube/fake-api.ts'
import { patience } from '../patience.ts'
import { main } from '../hostdeps-main.ts'

const items = [
  rawNode('worker-1', { 'open-iscsi': { state: 'ready' } }),
  rawNode('worker-2', { 'open-iscsi': noIscsi }),
]
const pods = ['worker-1', 'worker-2'].map((name) => agentPod(name))

const answer: Answer = ({ url: { pathname, searchParams } }) => {
  if (searchParams.has('watch')) return null
  if (searchParams.get('labelSelector') === 'bad selector') return status(400, 'unable to parse requirement')
  if (pathname === '/api/v1/nodes')
    return { items: searchParams.get('labelSelector') ? [] : items, metadata: {} }
  if (pathname.endsWith('/pods')) return { items: pods, metadata: {} }
  const name = pathname.replace('/api/v1/nodes/', '')
  return items.find(({ metadata }) => metadata.name === name) ?? status(404, `nodes "${name}" not found`)
}

test('worst first; data on stdout, nothing on stderr', async () => {
  const api = await fakeApi(answer)
  const { exitCode, stdout, stderr } = await hostdeps('nodes', '--kubeconfig', api.kubeConfig)
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(stdout.split('\n').map((line) => line.split(/\s+/).slice(0, 2))).toEqual([
    ['NAME', 'STATE'],
    ['worker-2', 'missing'],
    ['worker-1', 'ready'],
  ])
})

test.each<[string, string[], number, RegExp, RegExp]>([
  ['a name', ['worker-1', '-o', 'name'], 0, /^node\/worker-1$/, /^$/],
  [
    'an unknown name beside one',
    ['worker-1', 'worker-9', '-o', 'name'],
    1,
    /^node\/worker-1$/,
    /^nodes "worker-9" not found$/,
  ],
  ['no headings', ['--no-headers'], 0, /^worker-2 /, /^$/],
  ['a state', ['--state', 'ready', '-o', 'name'], 0, /^node\/worker-1$/, /^$/],
  [
    'two states',
    ['--state', 'ready', '--state', 'missing', '-o', 'name'],
    0,
    /^node\/worker-2\nnode\/worker-1$/,
    /^$/,
  ],
  ['a state that none has', ['--state', 'not-applicable'], 0, /^$/, /^No resources found$/],
  ['a selector that none fits', ['-l', 'a=b'], 0, /^$/, /^No resources found$/],
  ['the same as JSON', ['-l', 'a=b', '-o', 'json'], 0, /"nodes": \[\]/, /^$/],
  ['a bad selector', ['-l', 'bad selector'], 1, /^$/, /^unable to parse requirement$/],
  [
    'an unknown check',
    ['--check', 'open-icsi'],
    2,
    /^$/,
    /^there is no check open-icsi \(did you mean open-iscsi\?\)$/,
  ],
  [
    'an unknown state',
    ['--state', 'good'],
    2,
    /^$/,
    /Allowed choices are missing, unknown, ready, not-applicable/,
  ],
  [
    'a name and a selector',
    ['worker-1', '-l', 'a=b'],
    2,
    /^$/,
    /name cannot be provided when a selector is specified/,
  ],
  ['a group without a user', ['--as-group', 'a'], 2, /^$/, /--as-group needs --as/],
  [
    'an unknown context',
    ['--context', 'tset'],
    2,
    /^$/,
    /^context "tset" does not exist \(did you mean test\?\)$/,
  ],
  [
    'a time that is none',
    ['--request-timeout', 'soon'],
    2,
    /^$/,
    /It must be a length of time, like 90s or 1m30s/,
  ],
])('%s', async (_, args, code, out, err) => {
  const api = await fakeApi(answer)
  const { exitCode, stdout, stderr } = await hostdeps('nodes', '--kubeconfig', api.kubeConfig, ...args)
  expect(exitCode).toBe(code)
  expect(stdout).toMatch(out)
  expect(stderr).toMatch(err)
})

describe('what the caller may not do is said, in one line', () => {
  test('to list nodes', async () => {
    const api = await fakeApi(() => status(403, 'nodes is forbidden'))
    const { exitCode, stderr } = await hostdeps('nodes', '--kubeconfig', api.kubeConfig)
    expect([exitCode, stderr]).toEqual([1, 'nodes is forbidden'])
  })

  test('to list pods: what Nodes say is shown, and that it may be old; those of the usual namespace are tried', async () => {
    for (const isUsual of [false, true]) {
      const api = await fakeApi((request, response) => {
        if (request.url.pathname === '/api/v1/pods') return status(403, 'pods is forbidden')
        if (!request.url.pathname.endsWith('/pods')) return answer(request, response)
        return isUsual ? { items: pods, metadata: {} } : status(403, 'pods is forbidden too')
      })
      const { exitCode, stdout, stderr } = await hostdeps('nodes', '--kubeconfig', api.kubeConfig)
      expect([exitCode, stderr]).toEqual([
        0,
        isUsual ? '' : 'the agents cannot be seen, so a state may be older than it looks: pods is forbidden',
      ])
      expect(stdout).toMatch(isUsual ? /Ready$/ : /Unknown$/)
    }
  })
})

test('an agent that somebody else plays is said, and -n chooses', async () => {
  const elsewhere = agentPod('worker-1', 'tenant')
  const api = await fakeApi((request, response) => {
    if (request.url.pathname === '/api/v1/pods') return { items: [...pods, elsewhere], metadata: {} }
    return request.url.pathname === '/api/v1/namespaces/hostdeps/pods'
      ? { items: pods, metadata: {} }
      : answer(request, response)
  })
  expect((await hostdeps('nodes', '--kubeconfig', api.kubeConfig)).stderr).toContain('(hostdeps, tenant)')
  expect((await hostdeps('nodes', '--kubeconfig', api.kubeConfig, '-n', 'hostdeps')).stderr).toBe('')
})

test('words of the API server are shown harmless', async () => {
  const api = await fakeApi(() => status(403, hostile))
  const { stderr } = await hostdeps('nodes', '--kubeconfig', api.kubeConfig)
  expect(stderr.replaceAll('\n', '')).not.toMatch(new RegExp(`[${unprintable}]`, 'u'))
})

/** A watch that the test feeds. */
async function watchedApi() {
  const feed = new Map<string, (event: object) => void>()
  const api = await fakeApi((request, response) => {
    if (!request.url.searchParams.has('watch')) return answer(request, response)
    response.writeHead(200).flushHeaders()
    feed.set(request.url.pathname, (event) => void response.write(`${JSON.stringify(event)}\n`))
    return null
  })
  return { api, feed }
}

test('--watch: all, then each that changes, by its label or its agent; Ctrl-C is 130', async () => {
  const { api, feed } = await watchedApi()
  // On a busy machine this process may answer late.
  const argv = [main, 'nodes', '-w', '--request-timeout=0', '--kubeconfig', api.kubeConfig]
  const watching = execa(process.execPath, argv, { reject: false, forceKillAfterDelay: patience })
  onTestFinished(() => void watching.kill('SIGKILL'))
  let said = ''
  watching.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const lines = () => said.split('\n').slice(0, -1)
  const watched = ['/api/v1/namespaces/hostdeps/pods', '/api/v1/nodes']
  await expect.poll(() => [...feed.keys()].toSorted()).toEqual(watched)
  await expect.poll(lines).toHaveLength(3)
  const fixed = rawNode('worker-2', { 'open-iscsi': { state: 'ready', was: 'missing' } })
  feed.get('/api/v1/nodes')?.({ type: 'MODIFIED', object: fixed })
  feed.get('/api/v1/nodes')?.({ type: 'MODIFIED', object: fixed })
  await expect.poll(lines).toHaveLength(4)
  expect(lines()[3]).toMatch(/^worker-2 +ready /)
  watching.kill('SIGINT')
  expect((await watching).exitCode).toBe(130)
  expect(lines()).toHaveLength(4)
})
