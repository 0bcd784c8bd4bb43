import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { hostdeps } from '../hosts/cli.ts'
import { makeReport, readyIscsi } from '../http/report-fixture.ts'
import { startReviewServer } from '../http/auth/review-server.ts'
import { serve } from '../http/serve.ts'
import { makeCertificate, testFolder } from '../http/tls/certificates.ts'

test('prints what is missing and how to fix it, then that it is ready', async () => {
  const { source, server } = await serve()
  const waiting = hostdeps('wait', 'open-iscsi', '--url', server.address)
  await expect.poll(() => source.subscribers).toBeGreaterThan(0)
  // Three turns of waiting would be too long to test; the report that changes ends the first.
  setTimeout(() => source.put(makeReport({ 'open-iscsi': readyIscsi })), 2_000)
  const { exitCode, stdout } = await waiting
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/open-iscsi is ready: all 2 needs are met/)
})

test('after the timeout it prints what is missing and exits with 3', async () => {
  const { server } = await serve()
  const { exitCode, stdout } = await hostdeps(
    'wait',
    '--url',
    `${server.address}/`,
    '--timeout',
    '300ms',
    'open-iscsi',
  )
  expect(exitCode).toBe(3)
  expect(stdout).toContain("open-iscsi is missing: iscsiadm is not on the host's PATH (and 1 more)\n")
  expect(stdout).toContain('\n  apt-get update && apt-get install -y open-iscsi\n')
  expect(stdout).toMatch(/open-iscsi was not ready in time$/)
})

test('not-applicable counts as ready, and an unknown check is an error at once', async () => {
  const { server } = await serve()
  expect(await hostdeps('wait', '--url', server.address, 'gpu')).toMatchObject({ exitCode: 0 })
  const unknown = await hostdeps('wait', '--url', server.address, 'open-icsi')
  expect(unknown.exitCode).toBe(2)
  expect(unknown.stdout).toContain('did you mean open-iscsi?')
  const alias = await hostdeps('wait', '--url', server.address, 'nvidia')
  expect(alias.exitCode).toBe(2)
  expect(alias.stdout).toContain('there is no check nvidia; use gpu')
})

test('an agent that does not run yet is asked until it does', async () => {
  const first = createServer((_, response) => {
    response.writeHead(502).end('<html>\u001b[31mBad gateway</html>')
  })
  await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void first.close())
  const address = first.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const { exitCode, stdout } = await hostdeps(
    'wait',
    '--url',
    `http://127.0.0.1:${port}`,
    '--timeout',
    '1500ms',
    'gpu',
  )
  expect(exitCode).toBe(3)
  expect(stdout).toContain('<html> [31mBad gateway</html>')
  expect(stdout.match(/Bad gateway/g)).toHaveLength(1)
  first.close()
  const gone = await hostdeps('wait', '--url', `http://127.0.0.1:${port}`, '--timeout', '500ms', 'gpu')
  expect(gone.exitCode).toBe(3)
  expect(gone.stdout).toContain(`127.0.0.1:${port} does not answer: connect ECONNREFUSED`)
})

/** At the agent's address, for a while or by mistake. */
const strangers: [title: string, status: number, type: string, body: string][] = [
  ['any page', 200, 'text/html', '<html>Welcome</html>'],
  ['nothing at all', 200, 'text/plain', ''],
  ['another check', 200, 'application/json', ready({ check: 'open-iscsi' })],
  ['what is not ready', 200, 'application/json', ready({ state: 'missing' })],
  ['JSON of another service', 200, 'application/json', '{"status":"ok","state":"ready"}'],
  ['a page that is not found', 404, 'text/plain', '404 page not found'],
  [
    "another service's problem",
    404,
    'application/problem+json',
    '{"type":"about:blank","title":"Not Found","status":404,"detail":"no such route"}',
  ],
  ['a request that it does not take', 400, 'text/plain', 'Client sent an HTTP request to an HTTPS server.'],
  ['more than anybody reads', 200, 'text/plain', 'x'.repeat(5_000_000)],
]

test.each(strangers)('%s (%i) neither lets a pod start nor ends the wait', async (_, ...said) => {
  const [status, type, body] = said
  let isStranger = true
  const agent = createServer((_request, response) => {
    const [code, kind, text] = isStranger ? [status, type, body] : [200, 'application/json', ready({})]
    isStranger = false
    response.writeHead(code, { 'content-type': kind }).end(text)
  })
  await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    agent.closeAllConnections()
    agent.close()
  })
  const { port } = agent.address() as AddressInfo
  const { exitCode, stdout } = await hostdeps('wait', '--url', `http://127.0.0.1:${port}`, 'gpu')
  expect(exitCode).toBe(0)
  const [first, ...others] = stdout.split(/\n(?=\d{4}-)/)
  const isOurs = body.includes('about:blank')
  expect(first).toContain(
    isOurs ? 'no such route' : `127.0.0.1:${port} answers ${status}, but is not hostdeps`,
  )
  expect(others).toEqual([expect.stringContaining('gpu is ready: m')])
})

function ready(changes: Readonly<Record<string, string>>): string {
  const said = { node: 'n', check: 'gpu', state: 'ready', message: 'm', reason: 'AllReady', fix: null }
  return JSON.stringify({ ...said, since: '2026-11-24T08:00:00.000Z', ...changes })
}

/** An agent behind the guard and HTTPS, and the files that a pod has for it. */
async function secureAgent() {
  const folder = testFolder()
  const tls = makeCertificate(folder)
  const reviews = await startReviewServer({ right: { user: 'gate', may: ['/ready/*'] } })
  const auth = { api: reviews.api, audiences: ['hostdeps.dev'], exempt: [] }
  const { server } = await serve(undefined, '127.0.0.1', { tls, auth })
  const tokenFile = join(folder, 'token')
  return { url: server.address, ca: tls.cert, tokenFile, reviews, folder }
}

test('over HTTPS it trusts the authority of --ca, and sends the token that the file has by then', async () => {
  const { url, ca, tokenFile, reviews } = await secureAgent()
  writeFileSync(tokenFile, 'old\n')
  const waiting = hostdeps('wait', '--url', url, '--ca', ca, '--token-file', tokenFile, 'gpu')
  await expect.poll(() => reviews.asked).toContain('token old')
  writeFileSync(tokenFile, 'right\n')
  const { exitCode, stdout } = await waiting
  expect(stdout).toMatch(
    /^\S+ the API server does not accept this token: .*\n\S+ gpu is not-applicable: does not apply here/,
  )
  expect([exitCode, stdout.includes('old')]).toEqual([0, false])
})

test('without a token, the right or the authority the pod waits, and is told for what', async () => {
  const { url, ca, tokenFile, reviews } = await secureAgent()
  const wait = (...args: string[]) => hostdeps('wait', '--url', url, '--timeout', '500ms', ...args, 'gpu')
  const none = await wait('--ca', ca)
  expect([none.exitCode, none.stdout]).toEqual([
    3,
    expect.stringContaining('a bearer token for the audience'),
  ])
  reviews.holders.set('right', { user: 'gate', may: [] })
  writeFileSync(tokenFile, 'right')
  const forbidden = await wait('--ca', ca, '--token-file', tokenFile)
  expect(forbidden.stdout).toContain("the token's user lacks the right to get the nonResourceURL /ready/*")
  expect(forbidden.exitCode).toBe(3)
  const asked = reviews.asked.length
  const stranger = await wait('--token-file', tokenFile)
  expect(stranger.stdout).toMatch(/does not answer: self-signed certificate/)
  expect([stranger.exitCode, reviews.asked.length]).toEqual([3, asked])
})

test('a redirect gets no token', async () => {
  const folder = testFolder()
  const tokenFile = join(folder, 'token')
  writeFileSync(tokenFile, 'right')
  const seen: (string | undefined)[] = []
  const thief = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response.end()
  })
  await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve))
  const there = `http://127.0.0.1:${(thief.address() as AddressInfo).port}/`
  const agent = createServer((_, response) => response.writeHead(302, { location: there }).end())
  await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const server of [thief, agent]) server.close()
  })
  const url = `http://127.0.0.1:${(agent.address() as AddressInfo).port}`
  const waited = await hostdeps('wait', '--url', url, '--token-file', tokenFile, '--timeout', '300ms', 'gpu')
  expect([waited.exitCode, seen]).toEqual([3, []])
})

const nowhere = '/nowhere/token'

test.each([
  [
    ['--url', 'http://hostdeps.hostdeps:9465', '--token-file', nowhere, 'gpu'],
    /over plain http a token is only/,
  ],
  [
    ['--url', 'http://127.0.0.1.example:9465', '--token-file', nowhere, 'gpu'],
    /over plain http a token is only/,
  ],
  [
    ['--url', 'http://localhost:1', '--token-file', nowhere, 'gpu'],
    /token-file \S+ could not be read: ENOENT/,
  ],
  [
    ['--url', 'https://x', '--token-file', '/etc/passwd', 'gpu'],
    /--token-file \/etc\/passwd has no bearer token$/m,
  ],
  [['--url', 'https://x', '--ca', '/etc/passwd', 'gpu'], /--ca \/etc\/passwd has no certificate in PEM$/m],
  [['--url', 'http://localhost:1', '--ca', '/etc/passwd', 'gpu'], /--ca goes with an https address/],
  [['--for', 'gpu', '--all', '--token-file', nowhere], /--token-file and --ca go with --url/],
])('%j is bad usage', async (args, said) => {
  const { exitCode, stderr } = await hostdeps('wait', ...args)
  expect(stderr).toMatch(said)
  expect(exitCode).toBe(2)
})

test.each([
  [['wait', 'open-iscsi'], /use --url for one agent, or --for for Nodes/],
  [['wait', '--url', 'http://x', '--for', 'open-iscsi', '--all'], /use --url or --for, not both/],
  [['wait', '--url', 'http://x', 'open-iscsi', 'nfs-client'], /--url takes one check/],
  [['wait', '--url', 'http://x', '--all', 'open-iscsi'], /-l and --all go with --for/],
  [['wait', '--for', 'open-iscsi'], /--for takes the names of Nodes, -l or --all/],
  [['wait', '--for', 'open-iscsi', '--all', 'worker-1'], /--for takes the names of Nodes, -l or --all/],
  [['wait', '--for', 'open-iscsi=good', '--all'], /A state is one of missing, unknown, ready/],
  [['wait', '--for', 'Open_iSCSI', '--all'], /must be a DNS label/],
  [['wait', '--url', 'ftp://x', 'open-iscsi'], /must be an http\(s\) address/],
  [['wait', '--url', 'http://x', 'Open_iSCSI'], /must be a DNS label/],
  [['wait', '--url', 'http://x', '--timeout', 'soon', 'open-iscsi'], /must be a length of time/],
])('%j is bad usage', async (args, said) => {
  const { exitCode, stderr } = await hostdeps(...args)
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(said)
})
