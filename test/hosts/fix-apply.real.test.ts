import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest'
import { bundle } from '../../build.ts'
import { stateScript } from '../long/fixes/fix-host.ts'
import { bootHost } from './nspawn.ts'
import type { TestHost } from './nspawn.ts'
import { openServedNetwork, runIn } from './served-network.ts'
import type { ServedNetwork } from './served-network.ts'

const hasHost = ['HOSTDEPS_TEST_HOST_ROOT', 'HOSTDEPS_TEST_PACKAGES'].every((name) => process.env[name])

/** The host has no Node.js, and not all libraries of one. */
const program = ['env', 'LD_LIBRARY_PATH=/opt/hostdeps/lib', '/opt/node/node', '/opt/hostdeps/agent/main.js']

/** `hostdeps fix` as an administrator calls it on a real Debian 12 host, whose services reach one repository and nothing else. */
describe.skipIf(!hasHost)('fix --apply on a Debian 12 host', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-fix-'))
  let network: ServedNetwork
  let host: TestHost
  beforeAll(async () => {
    await bundle(folder)
    await copyLibrary('libatomic.so.1', join(folder, 'lib'))
    network = await openServedNetwork('bookworm')
  })
  afterAll(async () => {
    await network?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    host = await bootHost('apply', {
      binds: { '/opt/hostdeps': folder, '/opt/node': dirname(process.execPath) },
    })
    await network.join(host)
  })
  afterEach(() => host?.stop())

  const hostdeps = (...args: string[]) => runIn(host, [...program, ...args])
  const apply = (...more: string[]) => hostdeps('fix', 'open-iscsi', '--apply', '--yes', ...more)
  const shell = async (text: string) => (await runIn(host, ['sh', '-ec', text])).stdout
  const state = () => shell(stateScript)

  test('prints the script, and changes nothing', async () => {
    const before = await state()
    const { exitCode, stdout } = await hostdeps('fix', 'open-iscsi')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^#!\/bin\/sh\n/)
    expect(stdout).toContain('apt-get install -y open-iscsi ')
    expect(await state()).toBe(before)
  })

  test('installs, asks again, and a second run changes nothing', async () => {
    const first = await apply()
    console.log(first.stderr)
    expect(first).toMatchObject({ exitCode: 0 })
    expect(first.stderr).toMatch(/nothing is missing$/)
    const once = await state()
    const second = await apply()
    expect(second.exitCode).toBe(0)
    expect(second.stdout).toBe('')
    // Also the script itself, for whoever has it still.
    expect(await runIn(host, ['sh', '-c', 'sh /run/hostdeps-fix/*.sh'])).toMatchObject({ exitCode: 0 })
    expect(await state()).toBe(once)
    expect(await shell('journalctl -u hostdeps-fix --no-pager')).toContain('hostdeps-fix: done')
  })

  test('keeps an initiator name that is there', async () => {
    const name = 'InitiatorName=iqn.1993-08.org.debian:01:0123456789ab\n'
    await host.writeFile('/etc/iscsi/initiatorname.iscsi', name, 0o600)
    expect(await apply()).toMatchObject({ exitCode: 0 })
    expect(`${await shell('cat /etc/iscsi/initiatorname.iscsi')}\n`).toBe(name)
  })

  test('waits for whoever holds the lock of dpkg', async () => {
    // An fcntl lock, as dpkg takes it.
    const hold = `perl -e 'open(F, ">>", "/var/lib/dpkg/lock-frontend"); my $l = pack("s s x4 q q l x4", 1, 0, 0, 0, 0); fcntl(F, 6, $l) or die; print "held\n"; sleep 40'`
    const holding = shell(hold)
    await sleep(2_000)
    const began = performance.now()
    expect(await apply()).toMatchObject({ exitCode: 0 })
    expect(await holding).toBe('held')
    console.log(`with the lock held for 40 s it took ${Math.round(performance.now() - began)} ms`)
  })

  test('does nothing where dpkg was interrupted, and finishes that with --repair', async () => {
    // Killed in the middle of its work, as when the power goes.
    await host.writeFile(
      '/root/cut/DEBIAN/control',
      'Package: cut\nVersion: 1\nArchitecture: all\nMaintainer: x <x@y>\nDescription: x\n',
    )
    await host.writeFile(
      '/root/cut/DEBIAN/postinst',
      '#!/bin/sh\n[ -e /root/cut.done ] || { touch /root/cut.done; kill -KILL $PPID; }\n',
      0o755,
    )
    await shell('cd /root; dpkg-deb -b cut; dpkg -i cut.deb || true')
    const before = await state()
    const refused = await apply()
    expect(refused.exitCode).toBe(3)
    expect(refused.stderr).toMatch(/nothing was done: dpkg was interrupted before .*--repair/)
    expect(await state()).toBe(before)
    const repaired = await apply('--repair')
    expect(repaired.stderr).toContain('hostdeps-fix: + dpkg --configure -a')
    expect(repaired).toMatchObject({ exitCode: 0 })
    expect(await shell('dpkg --audit')).toBe('')
  })

  test('leaves the host as it was found when a command fails, and shows why', async () => {
    await shell(
      "echo 'deb [trusted=yes] file:/nowhere ./' > /etc/apt/sources.list; rm -rf /var/lib/apt/lists/*",
    )
    const before = await state()
    const { exitCode, stderr } = await apply()
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/^E: .*open-iscsi/m)
    expect(stderr).toMatch(
      /hostdeps-fix: failed with exit code 100: apt-get update; apt-get install -y open-iscsi/,
    )
    expect(stderr).toMatch(/open-iscsi is missing: iscsiadm is not/)
    expect(await state()).toBe(before)
  })

  test('does nothing where /usr is read-only', async () => {
    // In the namespace of the host's init, whose mounts its services see.
    await shell('mount --bind /usr /usr; mount -o remount,bind,ro /usr')
    const { exitCode, stdout, stderr } = await apply()
    expect(exitCode).toBe(3)
    expect(stderr).toContain('note: /usr is read-only here')
    expect(stdout).toBe('')
    expect(await shell('ls /run/hostdeps-fix 2>/dev/null || echo none')).toBe('none')
  })

  test('two callers at once: the second waits, and begins nothing', async () => {
    const both = await Promise.all([apply(), apply()])
    expect(both).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }])
    const said = both.map(({ stderr }) => stderr)
    expect(said.filter((text) => text.includes('another fix runs on this host'))).toHaveLength(1)
    expect(await shell("journalctl -u hostdeps-fix --no-pager | grep -c 'hostdeps-fix: done'")).toBe('1')
  })

  test('the install goes on when whoever called is killed, and the next call waits for it', async () => {
    const killing = new AbortController()
    const call = runIn(host, [...program, 'fix', 'open-iscsi', '--apply', '--yes'], killing.signal)
    await shell('until grep -q Unpacking /run/hostdeps-fix/*.log 2>/dev/null; do sleep 0.1; done')
    killing.abort()
    await call
    await shell('pkill -KILL -x systemd-run || true')
    const next = await apply()
    console.log(next.stderr)
    expect(next).toMatchObject({ exitCode: 0 })
    expect(await shell('dpkg --audit')).toBe('')
    expect(await shell("journalctl -u hostdeps-fix --no-pager | grep -c 'hostdeps-fix: done'")).toBe('1')
  })

  test('restarts no service that it did not bring, with needrestart in its automatic mode', async () => {
    await shell('apt-get update -q; DEBIAN_FRONTEND=noninteractive apt-get install -y needrestart')
    await host.writeFile(
      '/etc/needrestart/conf.d/auto.conf',
      "$nrconf{restart} = 'a';\n$nrconf{override_rc} = { qr(^dbus) => 0, qr(^systemd) => 0 };\n$nrconf{blacklist_rc} = [];\n",
    )
    await host.writeFile(
      '/etc/systemd/system/containerd.service',
      '[Service]\nExecStart=/usr/local/bin/containerd 100000\n',
    )
    await shell(
      'cp /bin/sleep /usr/local/bin/containerd; systemctl daemon-reload; systemctl start containerd; cp /bin/sleep /usr/local/bin/new; mv /usr/local/bin/new /usr/local/bin/containerd',
    )
    const pidOf = () => shell('systemctl show -p MainPID --value containerd')
    const before = await pidOf()
    expect(await apply()).toMatchObject({ exitCode: 0 })
    expect(await pidOf()).toBe(before)
    // By itself it would have been: needrestart does see that it runs a file that is gone.
    await shell('needrestart -r a -l')
    expect(await pidOf()).not.toBe(before)
  })
})

async function copyLibrary(name: string, folder: string): Promise<void> {
  const { stdout } = await execa('ldd', [process.execPath])
  const [, path = ''] = new RegExp(`${name} => (\\S+)`).exec(stdout) ?? []
  mkdirSync(folder)
  copyFileSync(path, join(folder, name))
}
