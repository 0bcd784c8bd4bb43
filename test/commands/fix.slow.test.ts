import { expect, test } from 'vitest'
import { fixJob, jobName } from '#agent/cluster/fix/job.ts'
import { renderFixResult } from '#agent/node/fix-result.ts'
import { noIscsi } from '../cluster/made-nodes.ts'
import { hostdeps } from '../hosts/cli.ts'
import { fakeApi, status } from '../kube/fake-api.ts'
import type { Answer } from '../kube/fake-api.ts'
import { agentPod, rawNode } from '../kube/raw-objects.ts'

const image = 'registry.example.com/hostdeps:7'

interface Fake {
  readonly creation?: object
  /** The termination message of the Job's pod. */
  readonly message?: string
  readonly daemonSet?: object
  /** What a look at a Job is answered with, first to last. */
  readonly looks?: object[]
  /** Instead of the pods of a Job. */
  readonly pods?: object
  /** How often a creation is refused since a Job is there. */
  readonly conflicts?: number
  /** How often the kubelet gives no log. */
  readonly silences?: number
}

interface SentJob {
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly nodeName: string
        readonly containers: readonly { readonly image: string; readonly args: readonly string[] }[]
      }
    }
  }
}

/** Nodes a and b lack open-iscsi, c has it. */
async function fixAt(fake: Fake, ...args: string[]) {
  const jobs: { query: string; body: SentJob }[] = []
  const deleted: string[] = []
  const looks = [...(fake.looks ?? [])]
  let conflicts = fake.conflicts ?? 0
  let silences = fake.silences ?? 0
  const missing = (name: string) => rawNode(name, { 'open-iscsi': noIscsi })
  const nodes = [missing('a'), missing('b'), rawNode('c', { 'open-iscsi': { state: 'ready' } })]
  const answer: Answer = ({ url: { pathname, search, searchParams } }, response) => {
    const { req } = response
    if (req.method === 'DELETE') {
      deleted.push(pathname)
      return { kind: 'Job', metadata: {} }
    }
    if (req.method === 'POST') {
      let text = ''
      req.on('data', (chunk: Buffer) => (text += chunk.toString()))
      req.on('end', () => {
        const body = JSON.parse(text) as SentJob
        jobs.push({ query: search, body })
        const isDry = search !== ''
        const isThere = !isDry && conflicts-- > 0
        const made = isThere
          ? status(409, 'jobs.batch "hostdeps-fix-a" already exists')
          : (fake.creation ?? { ...body, metadata: { ...body.metadata, uid: body.metadata.name } })
        response.writeHead('code' in made ? Number(made.code) : 201, { 'content-type': 'application/json' })
        response.end(JSON.stringify(made))
      })
      return null
    }
    if (pathname === '/api/v1/nodes') return { items: nodes, metadata: {} }
    if (pathname.startsWith('/api/v1/nodes/'))
      return (
        nodes.find(({ metadata }) => pathname.endsWith(`/${metadata.name}`)) ??
        status(404, 'nodes "x" not found')
      )
    if (pathname.endsWith('/daemonsets/hostdeps'))
      return fake.daemonSet ?? { spec: { template: { spec: { containers: [{ name: 'prober', image }] } } } }
    if (pathname.endsWith('/events')) return { items: [], metadata: {} }
    if (pathname.endsWith('/log') && silences-- > 0) return status(404, 'the server could not find the log')
    if (pathname.endsWith('/log')) {
      response.end('hostdeps-fix: + true\nE: the end of the log\n')
      return null
    }
    if (pathname.endsWith('/jobs/hostdeps-fix')) return status(404, 'not found')
    if (pathname.includes('/jobs/') && looks.length > 0) return looks.length > 1 ? looks.shift() : looks[0]
    if (pathname.includes('/jobs/')) return { metadata: { name: 'x', uid: pathname.replace(/.*\//, '') } }
    const uid = /controller-uid=(.*)/.exec(searchParams.get('labelSelector') ?? '')?.[1]
    if (uid !== undefined && fake.pods !== undefined) return fake.pods
    if (uid !== undefined) return { items: [podOf(uid, fake.message ?? said('ready'))], metadata: {} }
    return pathname.endsWith('/pods')
      ? { items: nodes.map(({ metadata }) => agentPod(metadata.name)), metadata: {} }
      : undefined
  }
  const api = await fakeApi(answer)
  const run = () => hostdeps('fix', '--kubeconfig', api.kubeConfig, ...args)
  return { run, jobs, deleted, asked: api.asked }
}

function podOf(uid: string, message: string) {
  const terminated = { exitCode: 0, reason: 'Completed', message }
  return {
    metadata: {
      namespace: 'hostdeps',
      name: `${uid}-x`,
      uid: `pod-of-${uid}`,
      ownerReferences: [{ kind: 'Job', name: uid, uid, controller: true }],
    },
    spec: { nodeName: uid.replace('hostdeps-fix-', ''), containers: [{ name: 'fix', image }] },
    status: { phase: 'Succeeded', containerStatuses: [{ name: 'fix', state: { terminated } }] },
  }
}

function said(state: 'ready' | 'missing', check = 'open-iscsi'): string {
  return renderFixResult({
    v: 1,
    did: 'run',
    how: 'success 0',
    checks: [{ check, state, needs: [] }],
  })
}

test.each<[string, string[], RegExp]>([
  ['no Node', ['--check', 'open-iscsi'], /^name Nodes, or use -l or --all$/],
  ['names and --all', ['a', '--all'], /^use names, -l or --all, and only one of them$/],
  [
    'an unknown check',
    ['a', '--check', 'open-icsi'],
    /^there is no check open-icsi \(did you mean open-iscsi\?\)$/,
  ],
  [
    '--apply without a terminal and --yes',
    ['a', '--apply'],
    /^nobody can be asked without a terminal: add --yes/,
  ],
  ['--yes alone', ['a', '--yes'], /^--yes goes with --apply$/],
  ['--procfs with Nodes', ['a', '--procfs', '/x'], /^--procfs goes with checks of this host$/],
  ['a format of what is run', ['a', '--apply', '--yes', '-o', 'script'], /^--output goes without --apply$/],
  ['hardly any time', ['a', '--apply', '--yes', '--timeout', '1s'], /It must be at least 10s/],
  ['too many at once', ['a', '--parallel', '0'], /It must be a number from 1 to 50/],
])('bad usage: %s', async (_, args, err) => {
  const { run, jobs } = await fixAt({}, ...args)
  const { exitCode, stdout, stderr } = await run()
  expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringMatching(err)])
  expect(jobs).toEqual([])
})

test('a name that is no check, without a kubeconfig, is a mistyped check', async () => {
  const { exitCode, stderr } = await hostdeps('fix', 'open-icsi')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('there is no check open-icsi (did you mean open-iscsi?)')
})

test('one script for all, that nothing is asked for', async () => {
  const { run, jobs } = await fixAt({}, '--all')
  const { exitCode, stdout, stderr } = await run()
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(stdout).toContain('#   a: open-iscsi: binary:iscsiadm (BinaryNotFound)\n#   b: open-iscsi')
  expect(stdout.match(/apt-get install -y open-iscsi/g)).toHaveLength(2)
  expect(jobs).toEqual([])
})

test('what is ready needs no script', async () => {
  const { run } = await fixAt({}, 'c')
  expect(await run()).toMatchObject({ exitCode: 0, stdout: '', stderr: 'Nothing is missing' })
})

test('a Job a node, of the image of the DaemonSet, tried before anything is done', async () => {
  const { run, jobs } = await fixAt({}, '--all', '--apply', '--yes')
  const { exitCode, stdout, stderr } = await run()
  expect([exitCode, stderr]).toEqual([0, '3 of 3 Nodes ready'])
  expect(jobs.map(({ query, body }) => [query, body.spec.template.spec.nodeName])).toEqual([
    ['?dryRun=All', 'a'],
    ['', 'a'],
    ['', 'b'],
  ])
  const [first] = jobs.map(({ body }) => body.spec.template.spec.containers[0])
  expect(first?.image).toBe(image)
  const script = Buffer.from(
    first?.args.find((arg) => arg.startsWith('--script='))?.slice(9) ?? '',
    'base64',
  ).toString()
  expect(script).toMatch(/^#!\/bin\/sh\n/)
  expect(stdout).toContain(script)
})

test('the log of a pod that has ended is asked for again where its kubelet does not answer', async () => {
  const { run } = await fixAt({ silences: 2 }, 'a', '--check', 'open-iscsi', '--apply', '--yes')
  expect((await run()).stdout).toContain('a: hostdeps-fix: + true')
})

test('the first that is not ready afterwards ends it, with the end of its log', async () => {
  const { run, jobs } = await fixAt({ message: said('missing') }, '--all', '--apply', '--yes')
  const { exitCode, stdout, stderr } = await run()
  expect(exitCode).toBe(3)
  expect(stdout).toMatch(
    /a: the script ended with success 0; asked again: open-iscsi is missing\na: +hostdeps-fix: \+ true\na: +E: the end of the log$/,
  )
  expect(stderr).toBe('1 of 3 Nodes ready\nnot begun: b; the same call goes on with them')
  expect(jobs).toHaveLength(2)
})

const other = {
  metadata: {
    name: 'hostdeps-fix-a',
    uid: 'hostdeps-fix-a',
    annotations: { 'hostdeps.dev/fix-call': 'another' },
  },
}
const endedAt = (time: string) => ({
  ...other,
  status: { conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: time }] },
})

test('a Job of another call is waited for, and then our own asks the host', async () => {
  const looks = [other, other, endedAt('2026-11-24T10:00:00Z')]
  const { run, jobs, deleted } = await fixAt({ conflicts: 3, looks }, 'a', '--apply', '--yes')
  const { exitCode, stdout } = await run()
  expect(exitCode).toBe(0)
  expect(stdout.match(/a: a Job of another call is there \(hostdeps\/hostdeps-fix-a/g)).toHaveLength(1)
  expect(jobs.map(({ query }) => query)).toEqual(['?dryRun=All', '', '', '', ''])
  expect(deleted).toHaveLength(1)
})

test('what a pod says of other checks than ours makes no Node ready', async () => {
  const { run } = await fixAt({ message: said('ready', 'nfs-client') }, 'a', '--apply', '--yes')
  expect(await run()).toMatchObject({ exitCode: 3 })
})

test('a Job of an earlier call that has ended gives way', async () => {
  const { run, deleted } = await fixAt(
    { conflicts: 1, looks: [endedAt('2026-11-24T10:00:00Z')] },
    'a',
    '--apply',
    '--yes',
  )
  expect(await run()).toMatchObject({ exitCode: 0 })
  expect(deleted).toEqual(['/apis/batch/v1/namespaces/hostdeps/jobs/hostdeps-fix-a'])
})

test('a pod that only has the label of the Job is not believed', async () => {
  const forged = podOf('hostdeps-fix-a', said('ready'))
  const pods = { items: [{ ...forged, metadata: { ...forged.metadata, ownerReferences: [] } }], metadata: {} }
  const failed = {
    metadata: { name: 'hostdeps-fix-a', uid: 'hostdeps-fix-a' },
    status: { conditions: [{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded' }] },
  }
  const { run } = await fixAt({ pods, looks: [failed] }, 'a', '--apply', '--yes')
  const { exitCode, stdout } = await run()
  expect(exitCode).toBe(3)
  expect(stdout).toContain(
    'its Job failed (DeadlineExceeded) and its pod is gone; what it began goes on there',
  )
})

test('who may not see pods there hears of it before anything is done', async () => {
  const words = 'pods is forbidden: User "x" cannot list resource "pods"'
  const { run, jobs } = await fixAt({ pods: status(403, words) }, 'a', '--apply', '--yes')
  const { exitCode, stdout, stderr } = await run()
  // Here the list of all is allowed, and that of the Job is not.
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(words)])
  expect(stdout).toContain(`a: ${words}`)
  expect(jobs).toHaveLength(2)
})

test('an API server that fails is told, and nothing is done', async () => {
  const { run, jobs } = await fixAt(
    { creation: status(500, 'etcdserver: request timed out') },
    'a',
    '--apply',
    '--yes',
    '--timeout',
    '10s',
  )
  const { exitCode, stderr } = await run()
  expect([exitCode, stderr]).toEqual([1, 'etcdserver: request timed out'])
  expect(jobs.length).toBe(1)
})

test('who may not create Jobs hears of it before anything is done', async () => {
  const words = 'jobs.batch is forbidden: User "x" cannot create resource "jobs"'
  const { run } = await fixAt({ creation: status(403, words) }, 'a', '--apply', '--yes')
  const { exitCode, stderr } = await run()
  expect([exitCode, stderr]).toEqual([1, words])
})

test('where no DaemonSet of ours is, the image is not guessed', async () => {
  const { run, jobs } = await fixAt(
    { daemonSet: status(404, 'daemonsets.apps "hostdeps" not found') },
    'a',
    '--apply',
    '--yes',
  )
  const { exitCode, stderr } = await run()
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/the agents' image in the namespace hostdeps is not known .*not found/)
  expect(jobs).toEqual([])
})

test('a Job has a name that its pods can have as a label', () => {
  const names = [
    'a',
    `${'x'.repeat(40)}.${'y'.repeat(40)}`,
    `${'x'.repeat(60)}.example.com`,
    `${'x'.repeat(60)}.example.org`,
  ].map(jobName)
  expect(names[0]).toBe('hostdeps-fix-a')
  for (const name of names) {
    expect(name.length).toBeLessThanOrEqual(63)
    expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/)
  }
  expect(new Set(names).size).toBe(4)
})

test('the pod of a Job', () => {
  const options = {
    node: 'a',
    namespace: 'hostdeps',
    script: 'true',
    checks: ['open-iscsi'],
    hasCustom: false,
    image,
    pullSecrets: [],
    call: 'c',
    deadline: 60,
  }
  expect(fixJob(options)).toMatchObject({
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: 60,
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': 'hostdeps-fix' } },
        spec: {
          serviceAccountName: 'hostdeps-fix',
          automountServiceAccountToken: false,
          restartPolicy: 'Never',
          tolerations: [{ operator: 'Exists' }],
        },
      },
    },
  })
})
