import { createPrivateKey, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atEnd } from '../at-end.ts'
import { startProgram } from '../hosts/cli.ts'
import { makeCertificate, trust } from '../http/tls/certificates.ts'
import { startControlPlane } from './plane/control-plane.ts'
import type { ControlPlane } from './plane/control-plane.ts'
import { accountToken } from './plane/service-account.ts'
import { until } from './plane/test-node.ts'
import { withAuth } from './plane/with-auth.ts'
import { main } from '../hostdeps-main.ts'

const audience = 'hostdeps.dev'

/** By what each may do. */
const accounts = { viewer: 'hostdeps-view', gate: 'hostdeps-ready', nobody: null } as const
type Account = keyof typeof accounts

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('an agent with manifests/overlays/auth', () => {
  let cluster: ControlPlane
  let agent: Awaited<ReturnType<typeof startProgram>>
  let stopProber: () => void
  let tokens: Readonly<Record<Account, string>>
  let ca: string

  beforeAll(async () => {
    cluster = await startControlPlane()
    await cluster.kubectl('apply', '-k', withAuth(cluster.folder))
    for (const [name, role] of Object.entries(accounts)) {
      await cluster.kubectl('create', 'serviceaccount', name)
      if (role === null) continue
      const subject = [`--clusterrole=${role}`, `--serviceaccount=default:${name}`]
      await cluster.kubectl('create', 'clusterrolebinding', name, ...subject)
    }
    const tokenOf = (account: Account) => accountToken(cluster, { namespace: 'default', account, audience })
    tokens = { viewer: await tokenOf('viewer'), gate: await tokenOf('gate'), nobody: await tokenOf('nobody') }
    const pair = makeCertificate(cluster.folder)
    ca = pair.cert
    trust(ca)
    const round = join(cluster.folder, 'round.json')
    const probing = execa(process.execPath, [main, 'probe', '--round', round], { reject: false })
    stopProber = atEnd(() => void probing.kill('SIGKILL'))
    const place = ['--round', round, '--host', '127.0.0.1', '--port', '0']
    const secure = ['--tls-cert', pair.cert, '--tls-key', pair.key, '--auth=kubernetes']
    // With the rights that the manifests give the agents, and no others.
    const env = { KUBECONFIG: cluster.kubeConfig(await accountToken(cluster)) }
    agent = await startProgram([process.execPath, main, 'serve', ...place, ...secure], env)
    await until(
      () => statusOf('/v1/report', tokens.viewer),
      (status) => status === 200,
    )
  })
  afterAll(async () => {
    stopProber?.()
    const said = await agent?.stop()
    for (const token of Object.values(tokens ?? {})) expect(said?.all).not.toContain(token)
    await cluster?.stop()
  })

  const ask = (path: string, token?: string) =>
    fetch(agent.url + path, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
  const statusOf = async (path: string, token?: string) => (await ask(path, token)).status

  test('a token with the right gets 200, one without 403, none 401', async () => {
    for (const path of ['/', '/v1/report', '/v1/checks/overlay', '/metrics'])
      expect([path, await statusOf(path, tokens.viewer)]).toEqual([path, 200])
    const forbidden = await ask('/v1/report', tokens.nobody)
    expect([forbidden.status, await forbidden.json()]).toEqual([
      403,
      expect.objectContaining({
        detail: "the token's user lacks the right to get the nonResourceURL /v1/report",
      }),
    ])
    const none = await ask('/v1/report')
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="hostdeps"'])
  })

  test('who may only wait at the gate may do that', async () => {
    expect(await statusOf('/ready/overlay', tokens.gate)).toBeOneOf([200, 503])
    expect(await statusOf('/v1/report', tokens.gate)).toBe(403)
    expect(await statusOf('/ready/overlay', tokens.nobody)).toBe(403)
  })

  test('hostdeps wait gets there by a token file and the authority', async () => {
    const tokenFile = join(cluster.folder, 'token')
    writeFileSync(tokenFile, tokens.gate)
    const secure = ['--url', agent.url, '--token-file', tokenFile, '--ca', ca]
    const { stdout } = await execa(
      process.execPath,
      [main, 'wait', ...secure, '--timeout', '1s', 'overlay'],
      { reject: false },
    )
    expect(stdout).toMatch(/^\S+Z overlay is (ready|missing|unknown|not-applicable): /)
  })

  test("tokens of another audience get 401, the API server's own too", async () => {
    const of = (other?: string) =>
      accountToken(cluster, {
        namespace: 'default',
        account: 'viewer',
        ...(other !== undefined && { audience: other }),
      })
    expect(await statusOf('/v1/report', await of('vault'))).toBe(401)
    expect(await statusOf('/v1/report', await of())).toBe(401)
    expect(await statusOf('/v1/report', cluster.admin.token)).toBe(401)
  })

  test('an expired token gets 401, and one that expires is worth nothing from then on', async () => {
    const now = Math.floor(Date.now() / 1_000)
    expect(await statusOf('/v1/report', forge(cluster, tokens.viewer, { exp: now - 600 }))).toBe(401)
    // The API server allows for clocks that differ by a minute.
    const short = forge(cluster, tokens.viewer, { exp: now + 5 })
    expect(await statusOf('/v1/report', short)).toBe(200)
    await expect.poll(() => statusOf('/v1/report', short)).toBe(401)
    expect(Date.now() / 1_000).toBeGreaterThanOrEqual(now + 5)
  })

  test('a token that somebody else signed gets 401', async () => {
    const [head, , signature] = tokens.viewer.split('.')
    const [, claims] = tokens.gate.split('.')
    expect(await statusOf('/ready/overlay', [head, claims, signature].join('.'))).toBe(401)
  })

  test('without the API server cached answers count for their time, then it is 503; with it again, 200', async () => {
    const unseen = forge(cluster, tokens.viewer, { iat: Math.floor(Date.now() / 1_000) - 1 })
    await expect.poll(() => statusOf('/v1/report', tokens.viewer)).toBe(200)
    await cluster.stopApiServer()
    expect(await statusOf('/v1/report', tokens.viewer)).toBe(200)
    const refused = await ask('/v1/report', unseen)
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await statusOf('/v1/report')).toBe(401)
    expect(await statusOf('/healthz')).toBe(200)
    const seen = new Set<number>()
    for (let status = 0; status !== 503; await sleep(500)) {
      status = await statusOf('/v1/report', tokens.viewer)
      seen.add(status)
    }
    expect([...seen]).toEqual([200, 503])
    await cluster.startApiServer()
    await expect.poll(() => statusOf('/v1/report', tokens.viewer)).toBe(200)
    await expect.poll(() => statusOf('/v1/report', unseen)).toBe(200)
  })
})

/** The token with other claims, signed by the API server's own key. */
function forge(cluster: ControlPlane, token: string, claims: Readonly<Record<string, number>>): string {
  const [head = '', payload = ''] = token.split('.')
  const said = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const body = `${head}.${Buffer.from(JSON.stringify({ ...said, ...claims })).toString('base64url')}`
  const key = createPrivateKey(readFileSync(join(cluster.folder, 'service-account.key')))
  return `${body}.${sign('sha256', Buffer.from(body), key).toString('base64url')}`
}
