import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { startServeBy } from './cli.ts'

/** The DaemonSet listens on "::"; nodes without IPv6 must be served too. */
const round = ['--round', join(tmpdir(), `hostdeps-no-round-${process.pid}.json`)]
const place = ['--host', '::', '--port']
const [python, noIpv6] = ['python3', new URL('no-ipv6.py', import.meta.url).pathname]

test('a kernel without IPv6: every IPv4 address is listened on', async () => {
  const script = "require('node:dgram').createSocket('udp6').bind(0)"
  const { stderr } = await execa(python, [noIpv6, process.execPath, '-e', script], { reject: false })
  // The instrument works.
  expect(stderr).toContain('EAFNOSUPPORT')
  const server = await startServeBy([python, noIpv6], ...round, ...place, '0')
  try {
    const { port } = new URL(server.url)
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
    expect((await fetch(`http://127.0.0.2:${port}/healthz`)).status).toBe(200)
  } finally {
    await server.stop()
  }
})

test('IPv6 that a sysctl has disabled: "::" takes IPv4 too', async () => {
  const disable = 'ip link set lo up && sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 && exec "$@"'
  const server = await startServeBy(['unshare', '-n', 'sh', '-c', disable, 'sh'], ...round, ...place, '9465')
  try {
    const enter = ['-t', String(server.pid), '-n', '--', 'curl', '-s', 'http://127.0.0.1:9465/healthz']
    expect((await execa('nsenter', enter)).stdout).toBe('ok')
  } finally {
    await server.stop()
  }
})
