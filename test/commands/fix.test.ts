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
  const missing = (name: string) => rawNode(name, { 'open-iscsi': noIscsi })
  const nodes = [missing('a'), missing('b'), rawNode('c', { 'open-iscsi': { state: 'ready' } })]
  const answer: Answer = ({ url: { pathname, search, searchParams } }, response) => {
    const { req } = response
    if (req.method === 'DELETE') return { kind: 'Job', metadata: {} }
    if (req.method === 'POST') {
      let text = ''
      req.on('data', (chunk: Buffer) => (text += chunk.toString()))
      req.on('end', () => {
        const body = JSON.parse(text) as SentJob
        jobs.push({ query: search, body })
        const made = fake.creation ?? { ...body, metadata: { ...body.metadata, uid: body.metadata.name } }
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
    if (pathname.endsWith('/log')) {
      response.end('hostdeps-fix: + true\nE: the end of the log\n')
      return null
    }
    if (pathname.includes('/jobs/')) return { metadata: { name: 'x', uid: pathname.replace(/.*\//, '') } }
    const uid = /controller-uid=(.*)/.exec(searchParams.get('labelSelector') ?? '')?.[1]
    if (uid !== undefined) return { items: [podOf(uid, fake.message ?? said('ready'))], metadata: {} }
    return pathname.endsWith('/pods')
      ? { items: nodes.map(({ metadata }) => agentPod(metadata.name)), metadata: {} }
      : undefined
  }
  const api = await fakeApi(answer)
  const run = () => hostdeps('fix', '--kubeconfig', api.kubeConfig, ...args)
  return { run, jobs, asked: api.asked }
}

function podOf(uid: string, message: string) {
  const terminated = { exitCode: 0, reason: 'Completed', message }
  return {
    metadata: { namespace: 'hostdeps', name: `${uid}-x`, uid: `pod-of-${uid}` },
    spec: { nodeName: 'a', containers: [{ name: 'fix', image }] },
    status: { phase: 'Succeeded', containerStatuses: [{ name: 'fix', state: { terminated } }] },
  }
}

function said(state: 'ready' | 'missing'): string {
  return renderFixResult({
    v: 1,
    did: 'run',
    how: 'success 0',
    checks: [{ check: 'open-iscsi', state, needs: [] }],
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
  const names = ['a', `${'x'.repeat(60)}.example.com`, `${'x'.repeat(60)}.example.org`].map(jobName)
  expect(names[0]).toBe('hostdeps-fix-a')
  for (const name of names) expect(name.length).toBeLessThanOrEqual(63)
  expect(new Set(names).size).toBe(3)
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
