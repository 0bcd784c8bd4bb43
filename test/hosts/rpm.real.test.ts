import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '#agent/model/report.ts'
import { hostdepsCheck, onlyCheck, startAgent, untilStatus } from './cli.ts'
import { bootHost } from './nspawn.ts'
import type { TestHost } from './nspawn.ts'
import { buildRpms, installRpms, must, rockyPackages, turnToRpm } from './rpm-host.ts'

/** A host whose packages are RPMs, in a real database of a real rpm. */
describe.skipIf(!process.env['HOSTDEPS_TEST_HOST_ROOT'])('a host with an rpm database', () => {
  const own = mkdtempSync(join(tmpdir(), 'hostdeps-rpm-'))
  let host: TestHost
  beforeAll(async () => {
    host = await bootHost('rpmhost')
    await turnToRpm(host, rockyPackages)
  })
  afterAll(async () => {
    await host?.stop()
    rmSync(own, { recursive: true })
  })

  const check = (name: string, ...args: string[]) =>
    hostdepsCheck('--target-pid', String(host.pid), ...args, name)

  /** What is said of one need in a check of one's own. */
  async function say(need: string): Promise<string> {
    writeFileSync(join(own, 'mine.yaml'), `title: t\nwhy: w\nneeds: [{ ${need} }]\n`)
    const { report } = await check('mine', '--checks', own)
    const [finding] = onlyCheck(report).findings
    return `${finding?.state} ${finding?.reason}`
  }

  test.each([
    ['package: container-selinux', 'ready PackageInstalled'],
    ["package: container-selinux, version: '>=2.230'", 'ready PackageInstalled'],
    ["package: container-selinux, version: '>=4:2.230'", 'ready PackageInstalled'],
    ["package: container-selinux, version: '>=5:1'", 'missing PackageTooOld'],
    ["package: kernel-core, version: '>=5.14.0-570'", 'ready PackageInstalled'],
    ["package: kernel-core, version: '>=5.14.0-571'", 'missing PackageTooOld'],
    ['package: kernel', 'missing PackageNotInstalled'],
    ['package: iscsi', 'missing PackageNotInstalled'],
    ['package: [nfs-common, nfs-utils-coreos]', 'missing PackageNotInstalled'],
  ])('%s: %s', async (need, said) => {
    expect(await say(need)).toBe(said)
  })

  test('what is installed is there, and what is erased is gone', async () => {
    const before = onlyCheck((await check('open-iscsi')).report)
    expect(before).toMatchObject({ state: 'missing', reason: 'BinaryNotFound' })
    expect(before.fix).toBe(
      'dnf install -y iscsi-initiator-utils --setopt=install_weak_deps=False\nsystemctl enable --now iscsid',
    )
    const agent = await startAgent('--target-pid', String(host.pid))
    try {
      await installRpms(host, [initiator])
      await must(host, 'systemctl', 'daemon-reload')
      await must(host, 'systemctl', 'start', 'iscsid.socket')
      const ready = await untilStatus(`${agent.url}/ready/open-iscsi`, 200)
      expect(await say('package: iscsi-initiator-utils')).toBe('ready PackageInstalled')
      await must(host, 'rpm', '--erase', 'iscsi-initiator-utils')
      const gone = await untilStatus(`${agent.url}/ready/open-iscsi`, 503)
      console.log(
        `ready ${Math.round(ready)} ms after the install, missing ${Math.round(gone)} ms after the removal`,
      )
      expect(await say('package: iscsi-initiator-utils')).toBe('missing PackageNotInstalled')
    } finally {
      await agent.stop()
    }
  })

  test('to be asked is no change that is asked for again', async () => {
    const agent = await startAgent('--target-pid', String(host.pid))
    try {
      const rounds = new Set<string>()
      for (const start = Date.now(); Date.now() - start < 15_000; await sleep(200)) {
        const response = await fetch(`${agent.url}/v1/report`)
        rounds.add(((await response.json()) as Report).at)
      }
      // One at the start, and what is left of the changes before.
      expect(rounds.size).toBeLessThan(4)
    } finally {
      await agent.stop()
    }
  })

  test('another version beside it, put there by an update, counts', async () => {
    const [file = ''] = await buildRpms(host, [
      { name: 'container-selinux', epoch: 5, version: '1.0', release: '1.el9' },
    ])
    await must(host, 'rpm', '--upgrade', '--nodeps', file)
    expect(await say("package: container-selinux, version: '>=5:1'")).toBe('ready PackageInstalled')
  })

  test('a damaged database proves nothing', async () => {
    const database = '/var/lib/rpm/rpmdb.sqlite'
    await must(host, 'cp', '-a', '/var/lib/rpm', '/root/rpm.good')
    await must(host, 'dd', 'if=/dev/zero', `of=${database}`, 'bs=4096', 'count=4', 'conv=notrunc')
    expect(await say('package: no-such-package')).toMatch(/^unknown /)
    await must(host, 'rm', '-rf', '/var/lib/rpm')
    await must(host, 'mv', '/root/rpm.good', '/var/lib/rpm')
    expect(await say('package: no-such-package')).toBe('missing PackageNotInstalled')
  })

  test('an rpm that is not there, or that hangs, proves nothing', async () => {
    await must(host, 'mv', '/usr/bin/rpm', '/usr/bin/rpm.good')
    expect(await say('package: container-selinux')).toMatch(/^unknown /)
    await host.writeFile('/usr/bin/rpm', '#!/bin/sh\nsleep 300\n', 0o755)
    writeFileSync(join(own, 'mine.yaml'), 'title: t\nwhy: w\nneeds: [{ package: container-selinux }]\n')
    const { report } = await check('mine', '--checks', own, '--deadline', '1s')
    expect(onlyCheck(report)).toMatchObject({ state: 'unknown', reason: 'DeadlineExceeded' })
    await must(host, 'mv', '/usr/bin/rpm.good', '/usr/bin/rpm')
    expect(await say('package: container-selinux')).toBe('ready PackageInstalled')
  })
})

const initiator = {
  name: 'iscsi-initiator-utils',
  version: '6.2.1.9',
  release: '1.gita65a472.el9',
  files: {
    '/usr/sbin/iscsiadm': '#!/bin/sh\necho iscsiadm version 6.2.1.9\n',
    '/usr/lib/systemd/system/iscsid.service': '[Service]\nExecStart=/bin/sleep infinity\n',
    '/usr/lib/systemd/system/iscsid.socket':
      '[Socket]\nListenStream=@ISCSIADM_ABSTRACT_NAMESPACE\n[Install]\nWantedBy=sockets.target\n',
  },
}
