import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Connection } from '#agent/kube/access/connection.ts'
import { findKubeAccess } from '#agent/kube/access/find-kube-config.ts'
import { followList } from '#agent/kube/follow-list.ts'
import { listPages } from '#agent/kube/list-pages.ts'
import { openRequests } from '#agent/kube/requests.ts'
import type { ApiRefusal } from '#agent/node/node-api.ts'
import { freePorts } from '../free-ports.ts'
import { signOwn } from '../http/tls/make-certificate.ts'
import { fakeApi, kubeConfigFor, status, writeKubeConfig } from './fake-api.ts'
import type { Answer, FakeApi } from './fake-api.ts'

interface Named {
  readonly metadata?: { readonly name?: string }
}

const list = { path: '/api/v1/nodes', viewOf: ({ metadata }: Named) => metadata?.name ?? '' }
const named = (name: string, resourceVersion = '1') => ({ metadata: { name, resourceVersion } })

function connectionTo(kubeConfig: string, changes: Partial<Connection> = {}): Connection {
  const found = findKubeAccess({ file: kubeConfig, context: null })
  if (found === null) throw new Error('no kubeconfig')
  return { config: found.config, deadline: 30_000, as: found.as, ...changes }
}

const requestsTo = (api: FakeApi, changes?: Partial<Connection>) =>
  openRequests(connectionTo(api.kubeConfig, changes))

test('a list is read in pages, and begins anew when its pages have expired', async () => {
  let expired = 1
  const api = await fakeApi(({ url }) => {
    const next = url.searchParams.get('continue')
    if (next !== null && expired-- > 0) return status(410, 'The provided continue parameter is too old')
    if (next === null) return { items: [named('a')], metadata: { continue: 'more', resourceVersion: '7' } }
    return { items: [named('b')], metadata: { resourceVersion: '7' } }
  })
  const answer = await listPages(requestsTo(api), list)
  expect(answer).toEqual({ ok: true, value: { items: ['a', 'b'], resourceVersion: '7' } })
  expect(api.asked.map(({ url }) => url.search)).toEqual([
    '?limit=500',
    '?limit=500&continue=more',
    '?limit=500',
    '?limit=500&continue=more',
  ])
})

test('what is no list is no empty list', async () => {
  for (const body of [{ kind: 'Node', metadata: {} }, null]) {
    const api = await fakeApi((_, response) => response.end(JSON.stringify(body)))
    expect(await listPages(requestsTo(api), list)).toMatchObject({ ok: false })
  }
})

test('impersonation: the user, and each group in a header of its own', async () => {
  const api = await fakeApi(() => ({}))
  await requestsTo(api, { as: { user: 'jane', groups: ['a, b', 'c'] } }).readJson('/x')
  await requestsTo(api, { as: { user: 'jane', groups: ['a'] } }).readJson('/x')
  const groups = api.asked.map(({ rawHeaders }) =>
    rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === 'impersonate-group'),
  )
  expect(groups).toEqual([['a, b', 'c'], ['a']])
  expect(api.asked[0]?.headers).toMatchObject({
    'impersonate-user': 'jane',
    authorization: 'Bearer token-of-test',
  })
})

test.each<[string, Answer, Partial<ApiRefusal>]>([
  [
    "the API server's own words",
    () => status(403, 'nodes is forbidden'),
    { status: 403, message: 'nodes is forbidden' },
  ],
  [
    'a page of a proxy',
    (_, response) => response.writeHead(502).end('Bad gateway\n'),
    { status: 502, message: 'Bad gateway' },
  ],
  [
    'no words at all',
    (_, response) => response.writeHead(503).end(),
    { status: 503, message: 'HTTP status 503' },
  ],
  [
    'what is no JSON',
    (_, response) => response.end('<html>'),
    {
      status: null,
      message: expect.stringMatching(/^http:.* is no Kubernetes API server: its answer is not JSON$/),
    },
  ],
  [
    'an answer that never comes',
    () => null,
    { status: null, message: expect.stringMatching(/^http:.* does not answer: it takes too long$/) },
  ],
])('a refusal: %s', async (_, answer, refusal) => {
  const api = await fakeApi(answer)
  expect(await requestsTo(api, { deadline: 1_000 }).readJson('/x')).toMatchObject({ ok: false, ...refusal })
})

test('nobody answers, and credentials that cannot be had', async () => {
  const [port = 0] = await freePorts(1)
  const gone = connectionTo(writeKubeConfig(kubeConfigFor(`https://127.0.0.1:${port}`)))
  expect(await openRequests(gone).readJson('/x')).toMatchObject({
    message: expect.stringMatching(/^https:.* does not answer: connect ECONNREFUSED/),
  })
  const plugin = { apiVersion: 'client.authentication.k8s.io/v1', command: 'hostdeps-no-such-plugin' }
  const config = { ...kubeConfigFor('https://x:6443'), users: [{ name: 'test', user: { exec: plugin } }] }
  expect(await openRequests(connectionTo(writeKubeConfig(config))).readJson('/x')).toMatchObject({
    message: 'no credentials: spawn hostdeps-no-such-plugin ENOENT',
  })
})

test('a connection is kept for the next request, and closed after a refusal of its credentials', async () => {
  const { cert, key } = signOwn('api')
  const seen = { opened: 0, closed: 0, code: 200 }
  const server = createServer({ cert, key, keepAliveTimeout: 600_000 }, (_, response) => {
    // So that the client itself would keep it as long as it may.
    response.writeHead(seen.code, { 'keep-alive': 'timeout=600' }).end('{}')
  })
  server.on('secureConnection', (socket) => {
    seen.opened++
    socket.on('close', () => seen.closed++)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const authority = { 'certificate-authority-data': Buffer.from(cert).toString('base64') }
  const cluster = { name: 'test', cluster: { server: address, ...authority } }
  const config = { ...kubeConfigFor(address), clusters: [cluster] }
  const requests = openRequests(connectionTo(writeKubeConfig(config)))
  for (let count = 0; count < 5; count++) expect(await requests.readText('/x')).toMatchObject({ ok: true })
  // A second one where the next request comes before the first is seen to be free.
  expect(seen.opened).toBeLessThanOrEqual(2)
  expect(seen.closed).toBe(0)
  seen.code = 401
  await requests.readText('/x')
  await expect.poll(() => seen.opened - seen.closed).toBe(0)
  seen.code = 200
  expect(await requests.readText('/x')).toMatchObject({ ok: true })
  expect(seen.opened - seen.closed).toBe(1)
})

test('a credential plugin is told which version it may answer in', async () => {
  const api = await fakeApi(() => ({}))
  const script = `echo '{"status":{"token":"'$(echo $KUBERNETES_EXEC_INFO | cut -d'"' -f4)'"}}'`
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', script] }
  const config = { ...kubeConfigFor(api.url), users: [{ name: 'test', user: { exec } }] }
  await openRequests(connectionTo(writeKubeConfig(config))).readJson('/x')
  expect(api.asked[0]?.headers.authorization).toBe('Bearer client.authentication.k8s.io/v1')
})

/** A follower whose calls can be read. */
function follow(api: FakeApi) {
  const stopping = new AbortController()
  onTestFinished(() => stopping.abort())
  const [changed, troubled] = [
    vi.fn<(all: readonly string[]) => void>(),
    vi.fn<(refusal: ApiRefusal) => void>(),
  ]
  const end = followList<Named, string>(requestsTo(api), list, { changed, troubled, signal: stopping.signal })
  return { changed, troubled, end, stop: () => stopping.abort() }
}

test('a followed list: what is there, what comes, changes and goes; what expired is listed anew', async () => {
  let lists = 0
  let watches = 0
  const api = await fakeApi(({ url }, response) => {
    if (!url.searchParams.has('watch'))
      return {
        items: [named('a'), ...(lists++ > 0 ? [named('new')] : [])],
        metadata: { resourceVersion: '7' },
      }
    const events =
      watches++ === 0
        ? [
            { type: 'ADDED', object: named('b', '8') },
            { type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } },
          ]
        : [
            { type: 'DELETED', object: named('a', '10') },
            { type: 'ERROR', object: status(410, 'too old') },
          ]
    response.writeHead(200)
    if (lists > 1) return response.write('\n')
    return response.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  })
  const { changed, end, stop } = follow(api)
  await expect.poll(() => changed.mock.lastCall).toEqual([['a', 'new']])
  expect(changed.mock.calls).toEqual([[['a']], [['a', 'b']], [['b']], [['a', 'new']]])
  const versions = api.asked.map(({ url }) => url.searchParams.get('resourceVersion'))
  expect(versions.slice(0, 4)).toEqual([null, '7', '9', null])
  stop()
  expect(await end).toEqual({ ok: true, value: null })
})

test('without the right to watch it lists again and again', async () => {
  let lists = 0
  const api = await fakeApi(({ url }) =>
    url.searchParams.has('watch')
      ? status(403, 'cannot watch')
      : { items: [named(`list-${lists++}`)], metadata: { resourceVersion: '7' } },
  )
  const { changed, troubled } = follow(api)
  await expect.poll(() => changed.mock.lastCall).toEqual([['list-1']])
  await expect.poll(() => changed.mock.lastCall).toEqual([['list-2']])
  expect(troubled).not.toHaveBeenCalled()
  expect(api.asked.filter(({ url }) => url.searchParams.has('watch'))).toHaveLength(1)
})

test('the first list may be refused, a later one is trouble that passes', async () => {
  const refused = await fakeApi(() => status(403, 'nodes is forbidden'))
  expect(await follow(refused).end).toMatchObject({ ok: false, message: 'nodes is forbidden' })
  let asked = 0
  const shaky = await fakeApi(({ url }) => {
    asked++
    if (url.searchParams.has('watch') || asked === 3) return status(503, 'starting')
    return { items: [named(`at-${asked}`)], metadata: { resourceVersion: '7' } }
  })
  const { changed, troubled } = follow(shaky)
  await expect.poll(() => changed.mock.lastCall).toEqual([['at-4']])
  expect(troubled.mock.calls).toEqual([[expect.objectContaining({ message: 'starting' })]])
})
