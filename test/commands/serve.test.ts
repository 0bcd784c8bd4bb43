import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startServe } from '../hosts/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-serve-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What people write into the ConfigMap may be anything; the kubelet's probes and the Service must find the server. */
test.each([
  ['does not say where', 'checks: [overlay]\n'],
  ['says another place', 'http: { host: 127.0.0.1, port: 1 }\n'],
  ['is no YAML', 'checks: [overlay\nhttp: {{'],
  ['has a mistake in that very place', 'http: { hots: 127.0.0.3, port: 70000 }\n'],
  ['is not there', null],
])('where to listen is said by flags, and a config that %s changes nothing', async (_, text) => {
  const config = join(folder, 'config.yaml')
  rmSync(config, { force: true })
  if (text !== null) writeFileSync(config, text)
  const args = ['--round', join(folder, 'round.json'), '--config', config]
  const server = await startServe(...args, '--host', '127.0.0.2', '--port', '0')
  try {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.2:\d+$/)
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  } finally {
    await server.stop()
  }
})
