import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { startReviewServer } from '../http/auth/review-server.ts'
import { makeCertificate, testFolder, trust } from '../http/tls/certificates.ts'
import { hostdeps, startProgram } from '../hosts/cli.ts'
import { main } from '../hostdeps-main.ts'

test.each([
  [['--tls-cert', '/a'], /^--tls-cert needs --tls-key$/m],
  [['--tls-key', '/a'], /^--tls-key needs --tls-cert$/m],
  [['--tls-cert', '/nowhere/a', '--tls-key', '/b'], /^--tls-cert \/nowhere\/a could not be read: ENOENT$/m],
  [
    ['--tls-cert', '/etc/passwd', '--tls-key', '/etc/passwd'],
    /^--tls-cert \/etc\/passwd has no certificate in/m,
  ],
  [['--auth', 'basic'], /argument 'basic' is invalid\. Allowed choices are kubernetes/],
  [
    ['--auth', 'kubernetes'],
    /^--auth=kubernetes needs an API server: a kubeconfig, or a pod's service account$/m,
  ],
  [['--auth-audience', 'a'], /^--auth-audience needs --auth$/m],
  [['--auth-exempt', '/ready/'], /^--auth-exempt needs --auth$/m],
  [['--auth-exempt', 'ready'], /It must begin with a slash/],
  [['--auth-exempt', '/'], /That is every path; leave out --auth/],
  [['--auth', 'kubernetes', '--auth-audience', ''], /It must not be empty/],
])('serve %j is bad usage, in one line', async (flags, words) => {
  vi.stubEnv('KUBECONFIG', '/nowhere')
  const { exitCode, stderr } = await hostdeps(
    'serve',
    '--round',
    '/nowhere/round.json',
    '--port',
    '0',
    ...flags,
  )
  vi.unstubAllEnvs()
  expect(stderr).toMatch(words)
  expect(stderr.replace('\n(--help shows all options)', '')).not.toContain('\n')
  expect(exitCode).toBe(2)
})

test('an exempt path that no route has is bad usage too', async () => {
  const { kubeConfig } = await startReviewServer({})
  vi.stubEnv('KUBECONFIG', kubeConfig)
  const flags = ['--port', '0', '--auth', 'kubernetes', '--auth-exempt', '/redy/']
  const { exitCode, stderr } = await hostdeps('serve', '--round', '/nowhere/round.json', ...flags)
  vi.unstubAllEnvs()
  expect([exitCode, stderr]).toEqual([
    2,
    expect.stringMatching(/^--auth-exempt \/redy\/ is no path or folder of/),
  ])
})

test('serves by what the flags say, and no token is in its log', async () => {
  const folder = testFolder()
  const { cert, key } = makeCertificate(folder)
  const reviews = await startReviewServer({
    right: { user: 'anna', may: ['/*'], audience: 'https://kubernetes.default.svc' },
  })
  const place = ['--round', join(folder, 'round.json'), '--host', '127.0.0.1', '--port', '0']
  const secure = ['--tls-cert', cert, '--tls-key', key, '--auth=kubernetes', '--auth-exempt=/ready/']
  const audiences = ['hostdeps.dev', 'https://kubernetes.default.svc'].flatMap((one) => [
    '--auth-audience',
    one,
  ])
  const server = await startProgram([process.execPath, main, 'serve', ...place, ...secure, ...audiences], {
    KUBECONFIG: reviews.kubeConfig,
  })
  trust(cert)
  const ask = async (path: string, token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    return (await fetch(server.url + path, { headers })).status
  }
  expect(await ask('/v1/report')).toBe(401)
  // There is no round yet.
  expect(await ask('/v1/report', 'right')).toBe(503)
  expect(await ask('/v1/report', 'guessed-0123456789')).toBe(401)
  expect(await ask('/ready/gpu')).toBe(503)
  expect(await ask('/healthz')).toBe(200)
  expect(reviews.asked).toEqual(['token right', 'anna get /v1/report', 'token guessed-0123456789'])
  const { all } = await server.stop()
  expect(all).not.toMatch(/guessed|bearer|without --tls-cert/i)
})
