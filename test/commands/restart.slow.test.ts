import { execa } from 'execa'
import { expect, test } from 'vitest'
import { hostdeps } from '../hosts/cli.ts'
import { agentPod, rawNode } from '../kube/raw-objects.ts'
import { fakeApi, status } from '../kube/fake-api.ts'
import type { Answer } from '../kube/fake-api.ts'
import { main } from '../hostdeps-main.ts'

const line = 'nsenter: failed to execute iscsiadm: No such file or directory\n'

const before = '2026-11-24T09:00:00Z'
const owner = { kind: 'DaemonSet', name: 'app', uid: 'set', controller: true }

/** A pod that crash-loops since before the node had what it needs. */
function crashing(name: string) {
  const terminated = { exitCode: 1, reason: 'Error', startedAt: before, finishedAt: before }
  const state = { waiting: { reason: 'CrashLoopBackOff' } }
  return {
    metadata: {
      namespace: 'shop',
      name,
      uid: `uid-of-${name}`,
      resourceVersion: '7',
      ownerReferences: [owner],
    },
    spec: { nodeName: 'worker-1', containers: [{ name: 'main', image: 'example.com/app' }] },
    status: {
      phase: 'Running',
      containerStatuses: [{ name: 'main', ready: false, restartCount: 3, state, lastState: { terminated } }],
    },
  }
}

const lone = { ...crashing('lone'), metadata: { ...crashing('lone').metadata, ownerReferences: [] } }
const replacement = {
  ...crashing('app-2'),
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
}

interface Fake {
  /** What a deletion is answered with. */
  readonly deletion?: object
  readonly pods?: readonly object[]
  readonly log?: string | object
  readonly nodes?: object
  readonly events?: object
  readonly agents?: object
  /** What is listed after a deletion. */
  readonly later?: readonly object[]
}

async function restartAt(fake: Fake, ...args: string[]) {
  const deletions: { path: string; query: string; body: string }[] = []
  const nodes = [rawNode('worker-1', { 'open-iscsi': { state: 'ready', was: 'missing' } })]
  const answer: Answer = ({ url: { pathname, searchParams, search } }, response) => {
    const { req } = response
    if (req.method === 'DELETE') {
      let body = ''
      req.on('data', (chunk: Buffer) => (body += chunk.toString()))
      req.on('end', () => deletions.push({ path: pathname, query: search, body }))
      return fake.deletion ?? { kind: 'Pod', metadata: {} }
    }
    if (pathname === '/api/v1/nodes') return fake.nodes ?? { items: nodes, metadata: {} }
    if (pathname.endsWith('/events')) return fake.events ?? { items: [], metadata: {} }
    if (pathname.endsWith('/log')) {
      if (typeof fake.log === 'object') return fake.log
      response.end(fake.log ?? line)
      return null
    }
    if (searchParams.get('labelSelector')?.includes('hostdeps'))
      return fake.agents ?? { items: [agentPod('worker-1')], metadata: {} }
    const pods = deletions.length > 0 ? fake.later : fake.pods
    return pathname.endsWith('/pods') ? { items: pods ?? [crashing('app-1')], metadata: {} } : undefined
  }
  const api = await fakeApi(answer)
  const flags = ['restart', '--kubeconfig', api.kubeConfig, '-n', 'shop', ...args]
  return { flags, deletions, run: () => hostdeps(...flags), asked: api.asked }
}

test.each<[string, string[], RegExp]>([
  [
    'without a terminal and --yes',
    [],
    /^nobody can be asked without a terminal: add --yes, or --dry-run to see what it would delete$/,
  ],
  ['-n and -A', ['--yes', '-A'], /^use -n or -A, not both$/],
  [
    'an unknown check',
    ['--yes', '--check', 'open-icsi'],
    /^there is no check open-icsi \(did you mean open-iscsi\?\)$/,
  ],
  ['an alias of a check', ['--yes', '--check', 'iscsiadm'], /^there is no check iscsiadm; use open-iscsi$/],
  ['an unknown dry run', ['--dry-run=both'], /Allowed choices are client, server/],
  ['an unknown format', ['--yes', '-o', 'yaml'], /Allowed choices are text, json/],
  ['a timeout without --wait', ['--yes', '--timeout', '1m'], /^--timeout goes with --wait$/],
  ['a time that is none', ['--yes', '--wait', '--timeout', 'soon'], /It must be a length of time/],
  ['waiting for what is not deleted', ['--dry-run', '--wait'], /^use --wait or --dry-run, not both$/],
  ['operands', ['--yes', 'pod-1'], /too many arguments/],
])('bad usage: %s', async (_, args, err) => {
  const { run, deletions } = await restartAt({}, ...args)
  const { exitCode, stdout, stderr } = await run()
  expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringMatching(err)])
  expect(deletions).toEqual([])
})

test('the pod is deleted as it was seen; why, and what stays, is said', async () => {
  const { run, deletions } = await restartAt({ pods: [crashing('app-1'), lone] }, '--yes')
  const { exitCode, stdout, stderr } = await run()
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(stdout).toBe(`To restart:
  shop/app-1: worker-1 has open-iscsi since 2026-11-24T10:00:00Z, and it began before
    Its log said (binary:iscsiadm): nsenter: failed to execute iscsiadm: No such file or directory
Left alone:
  shop/lone: it has no controller that makes another
pod shop/app-1 deleted`)
  expect(deletions).toEqual([
    {
      path: '/api/v1/namespaces/shop/pods/app-1',
      query: '',
      body: '{"preconditions":{"uid":"uid-of-app-1","resourceVersion":"7"}}',
    },
  ])
})

test('the previous log is what is read, and only of pods whose node got something', async () => {
  const elsewhere = { ...crashing('app-9'), spec: { ...crashing('app-9').spec, nodeName: 'worker-9' } }
  const { run, asked } = await restartAt({ pods: [crashing('app-1'), elsewhere] }, '--dry-run')
  const { stdout } = await run()
  expect(stdout).toContain('shop/app-9: its node cannot be read')
  const logs = asked.filter(({ url }) => url.pathname.endsWith('/log'))
  expect(logs.map(({ url }) => [url.pathname, url.searchParams.get('previous')])).toEqual([
    ['/api/v1/namespaces/shop/pods/app-1/log', 'true'],
  ])
})

test.each([
  ['client', '--dry-run', []],
  ['server', '--dry-run=server', ['All']],
])('a dry run: %s', async (how, flag, sent) => {
  const { run, deletions } = await restartAt({}, flag)
  const { exitCode, stdout } = await run()
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringContaining(`pod shop/app-1 would be deleted (${how} dry run)`),
  ])
  // In the body: beside one, the API server reads no query.
  expect(deletions.flatMap(({ body }) => JSON.parse(body).dryRun)).toEqual(sent)
})

test.each([
  [
    'has changed',
    status(409, 'Precondition failed'),
    0,
    'pod shop/app-1 has changed meanwhile, and is left alone',
    '',
  ],
  ['is gone', status(404, 'pods "app-1" not found'), 0, 'pod shop/app-1 is gone meanwhile', ''],
  [
    'may not be deleted',
    status(403, 'pods "app-1" is forbidden'),
    1,
    'pod shop/app-1 is not deleted: pods "app-1" is forbidden',
    'pods "app-1" is forbidden',
  ],
])('a pod that %s', async (_, deletion, code, says, err) => {
  const { run } = await restartAt({ deletion }, '--yes', '--wait')
  const { exitCode, stdout, stderr } = await run()
  expect([exitCode, stdout.split('\n').at(-1), stderr]).toEqual([code, says, err])
})

test('nothing to do is a line on stderr, beside what stays', async () => {
  const { run } = await restartAt({ log: 'panic: a bug\n' }, '--yes')
  const { exitCode, stdout, stderr } = await run()
  expect([exitCode, stderr]).toEqual([0, 'No pod to restart'])
  expect(stdout).toBe('Left alone:\n  shop/app-1: nothing points to open-iscsi, which worker-1 got')
})

test.each<[string, Fake, RegExp]>([
  [
    'logs',
    { log: status(403, 'pods "app-1" is forbidden: no log') },
    /not all that it said can be read.*\nNot seen: the log of main: pods "app-1" is forbidden: no log$/,
  ],
  [
    'nodes',
    { nodes: status(403, 'nodes is forbidden') },
    /its node cannot be read\nNot seen: the nodes: nodes is forbidden$/,
  ],
  [
    'agents',
    { agents: status(403, 'pods is forbidden') },
    /the agent cannot be seen on worker-1\nNot seen: whether an agent .*: pods is forbidden$/,
  ],
])('without the right to %s pods are left alone, and it is said', async (_, fake, says) => {
  const { run, deletions } = await restartAt(fake, '--yes')
  const { exitCode, stdout } = await run()
  expect([exitCode, stdout, deletions]).toEqual([0, expect.stringMatching(says), []])
})

test('without the right to list events the log still says enough', async () => {
  const { run, deletions } = await restartAt({ events: status(403, 'events is forbidden') }, '--yes')
  expect((await run()).stdout).toContain('Not seen: its events: events is forbidden')
  expect(deletions).toHaveLength(1)
})

test('it waits for the replacement on the same node', async () => {
  const { run } = await restartAt({ later: [replacement] }, '--yes', '--wait')
  const { exitCode, stdout } = await run()
  expect([exitCode, stdout.split('\n').at(-1)]).toEqual([
    0,
    expect.stringMatching(/Z shop\/app on worker-1: app-2 is Ready$/),
  ])
})

test('and not for ever', async () => {
  const { run } = await restartAt({ later: [] }, '--yes', '--wait', '--timeout', '1s')
  const { exitCode, stdout, stderr } = await run()
  expect([exitCode, stdout.split('\n').at(-1)]).toEqual([
    3,
    expect.stringMatching(/shop\/app on worker-1: no other pod yet$/),
  ])
  expect(stderr).toBe('the pods were not Ready in time; "hostdeps why" says why')
})

test('JSON is data alone', async () => {
  const { run } = await restartAt({ later: [replacement] }, '--yes', '--wait', '-o', 'json')
  const { stdout, stderr } = await run()
  expect(JSON.parse(stdout)).toMatchObject({
    v: 1,
    dryRun: 'none',
    ready: true,
    pods: [
      { name: 'app-1', check: 'open-iscsi', did: 'deleted', ground: { by: 'line', need: 'binary:iscsiadm' } },
    ],
  })
  expect(stderr).toContain('pod shop/app-1 deleted')
})

test.each([
  ['y\n', 1, 'pod shop/app-1 deleted'],
  ['\n', 0, 'No pod was deleted'],
  ['nonsense\n', 0, 'No pod was deleted'],
])('a person at a terminal is asked, and answers %j', async (input, count, says) => {
  const { flags, deletions } = await restartAt({})
  // script(1) of util-linux runs a command on a terminal of its own.
  const { stdout, exitCode } = await execa(
    'script',
    ['-qec', [process.execPath, main, ...flags].join(' '), '/dev/null'],
    {
      input,
      reject: false,
    },
  )
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Delete 1 pod? [y/N]')])
  expect(stdout).toContain(says)
  expect(deletions).toHaveLength(count)
})

test('Ctrl-C at the question ends it, and deletes nothing', async () => {
  const { flags, deletions } = await restartAt({})
  const running = execa('script', ['-qec', [process.execPath, main, ...flags].join(' '), '/dev/null'], {
    reject: false,
  })
  running.stdout.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('[y/N]')) running.stdin.write('\u0003')
  })
  expect([(await running).exitCode, deletions]).toEqual([130, []])
})
