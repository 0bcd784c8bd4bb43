import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { execa } from 'execa'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { hasRealCluster, startRealCluster } from './nodes/real-cluster.ts'

describe.skipIf(!hasRealCluster)('a cluster that does not start', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  test('leaves nothing behind', async () => {
    vi.stubEnv('HOSTDEPS_TEST_IMAGE', '/nowhere/agent.tar')
    await expect(startRealCluster()).rejects.toThrow('/nowhere/agent.tar')
    const pid = String(process.pid)
    expect(readdirSync(tmpdir()).filter((name) => name.includes(`-${pid}-`))).toEqual([])
    const { stdout: namespaces } = await execa('ip', ['netns', 'list'])
    expect(namespaces).not.toContain(`-${pid}-`)
    const { stdout: links } = await execa('ip', ['-o', 'link', 'show', 'type', 'bridge'])
    expect(links).not.toContain(`hd${pid}:`)
    const { stdout: children } = await execa('pgrep', ['-l', '-P', pid], { reject: false })
    expect(children).not.toMatch(/etcd|kube|systemd-nspawn|setpriv/)
  })
})
