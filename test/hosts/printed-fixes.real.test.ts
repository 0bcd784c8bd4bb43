import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hostdepsCheck, onlyCheck } from './cli.ts'
import { bootHost } from './nspawn.ts'
import type { TestHost } from './nspawn.ts'

/** Fixes as they are printed, pasted into a root shell of a real Debian 12 host, and pasted once more. */
describe.skipIf(!process.env['HOSTDEPS_TEST_HOST_ROOT'])('printed fixes on a Debian 12 host', () => {
  let host: TestHost
  beforeAll(async () => {
    host = await bootHost('fixes')
  })
  afterAll(async () => {
    await host?.stop()
  })

  const ask = async (name: string) =>
    onlyCheck((await hostdepsCheck('--target-pid', String(host.pid), name)).report)
  const paste = (text: string) => host.exec(['sh', '-ec', text], { timeout: 300_000 })
  const etc = async () =>
    (await paste('cd /etc && find . -type f | sort | xargs sha256sum && ls -lR /etc | wc -l')).stdout
  const shell = async (text: string) => {
    const { exitCode, stdout, stderr } = await paste(text)
    expect(exitCode, stderr).toBe(0)
    return stdout
  }

  test.each(['open-iscsi', 'cryptsetup', 'nft'])('%s', async (name) => {
    const before = await ask(name)
    expect(before.state).toBe('missing')
    await shell(before.fix ?? '')
    expect(await ask(name)).toMatchObject({ state: 'ready' })
    const once = await etc()
    await shell(before.fix ?? '')
    expect(await etc()).toBe(once)
  })

  test('a held lock is waited for', async () => {
    await host.apt('purge', 'open-iscsi')
    const { fix } = await ask('open-iscsi')
    // An fcntl lock, as dpkg takes it.
    const hold = `perl -e 'open(F, ">>", "/var/lib/dpkg/lock-frontend"); my $l = pack("s s x4 q q l x4", 1, 0, 0, 0, 0); fcntl(F, 6, $l) or die; print "held\\n"; sleep 40'`
    const holder = paste(hold)
    const [, outcome] = await Promise.all([holder, paste(`sleep 2\n${fix}`)])
    expect((await holder).stdout).toBe('held')
    expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0 })
    expect(await ask('open-iscsi')).toMatchObject({ state: 'ready' })
  })

  test('a sysctl that /etc/sysctl.conf undoes is kept at the next boot, and a second run changes nothing', async () => {
    const inNetwork = async (text: string) => {
      const argv = [
        '-t',
        String(host.pid),
        '-m',
        '-p',
        `--net=/run/netns/${host.name}`,
        '--',
        'sh',
        '-ec',
        text,
      ]
      return (await execa('nsenter', argv)).stdout
    }
    const forwarding = () => inNetwork('cat /proc/sys/net/ipv4/ip_forward')
    await shell(
      "printf 'net.ipv4.ip_forward = 0\\n' > /etc/sysctl.conf; ln -sf ../sysctl.conf /etc/sysctl.d/99-sysctl.conf",
    )
    await inNetwork('/lib/systemd/systemd-sysctl; echo 0 > /proc/sys/net/ipv4/ip_forward')
    const { fix } = await ask('ip-forwarding')
    expect(fix).toContain('# /etc/sysctl.conf:1 sets net.ipv4.ip_forward = 0')
    await inNetwork(fix ?? '')
    await inNetwork('echo 0 > /proc/sys/net/ipv4/ip_forward; /lib/systemd/systemd-sysctl')
    expect(await forwarding()).toBe('1')
    const once = await etc()
    await inNetwork(fix ?? '')
    expect(await etc()).toBe(once)
  })

  test('needrestart in automatic mode restarts no service that the package did not bring', async () => {
    await host.apt('install', '--no-install-recommends', 'needrestart')
    await host.writeFile('/etc/needrestart/conf.d/auto.conf', "$nrconf{restart} = 'a';\n")
    // A process whose program was replaced is what needrestart looks for.
    await shell('cp /bin/sleep /usr/local/bin/stand-in')
    await host.writeFile(
      '/etc/systemd/system/containerd.service',
      '[Service]\nExecStart=/usr/local/bin/stand-in 100000\n',
    )
    await shell('systemctl daemon-reload && systemctl start containerd')
    await shell('cp /bin/sleep /usr/local/bin/new && mv /usr/local/bin/new /usr/local/bin/stand-in')
    const since = await shell('systemctl show -p MainPID containerd')
    await shell((await ask('lvm')).fix ?? '')
    expect(await shell('systemctl show -p MainPID containerd')).toBe(since)
  })
})
