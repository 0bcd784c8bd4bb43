import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newNodeFormats } from '#agent/commands/wiring/new-nodes/formats.ts'
import { allChecks, allKinds, catalog, planOf } from '../fixes/new-node/made-likes.ts'
import { bootHost } from '../hosts/nspawn.ts'
import type { TestHost } from '../hosts/nspawn.ts'
import { openServedNetwork } from '../hosts/served-network.ts'
import type { ServedNetwork } from '../hosts/served-network.ts'
import { mustPaste, printFor, statesOn } from './new-node.ts'

const hasHost = ['HOSTDEPS_TEST_HOST_ROOT', 'HOSTDEPS_TEST_PACKAGES'].every((name) => process.env[name])
const seed = '/var/lib/cloud/seed/nocloud'
/** Of a machine that is set up by this seed alone, whose sources of packages are its image's. */
const settings = `datasource_list: [NoCloud]
network: {config: disabled}
apt: {preserve_sources_list: true}
locale: C.UTF-8
`

describe.skipIf(!hasHost)('user data on a Debian 12 host with cloud-init', () => {
  let network: ServedNetwork
  let host: TestHost
  beforeAll(async () => {
    network = await openServedNetwork('bookworm')
    host = await bootHost('cloudinit')
    await network.join(host)
    await mustPaste(
      host,
      'apt-get update -q; DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends cloud-init',
    )
    await host.writeFile('/etc/cloud/cloud.cfg.d/99-test.cfg', settings)
  })
  afterAll(async () => {
    await host?.stop()
    await network?.stop()
  })

  test.each([
    ['one check', ['debian'], ['open-iscsi']],
    ['all of them on all distributions', allKinds, allChecks],
  ] as const)('is what its schema allows: %s', async (_, kinds, checks) => {
    await host.writeFile(
      '/root/user-data',
      newNodeFormats['cloud-init'](planOf(kinds, checks).nodes, { catalog }),
    )
    const said = await mustPaste(host, 'cloud-init schema --config-file /root/user-data 2>&1')
    expect(said).toContain('Valid cloud-config: /root/user-data')
    await host.writeFile('/root/user-data', '#cloud-config\nruncmd: 7\n')
    await expect(mustPaste(host, 'cloud-init schema --config-file /root/user-data')).rejects.toThrow(/runcmd/)
  })

  test('makes its checks ready at the first boot, and is not run at the second', async () => {
    const checks = [
      'open-iscsi',
      'nvme-hostnqn',
      'ip-forwarding',
      'lvm',
      'no-firewalld',
      'multipath-conflict',
    ]
    await host.writeFile(`${seed}/user-data`, await printFor(host, 'cloud-init', checks))
    await host.writeFile(`${seed}/meta-data`, 'instance-id: one\nlocal-hostname: one\n')
    expect(await statesOn(host, ['open-iscsi'])).toEqual({ 'open-iscsi': 'missing' })
    await host.reboot()
    const log = await mustPaste(host, 'cloud-init status --wait; cat /var/log/cloud-init-output.log')
    expect(log).toContain('hostdeps-fix: done')
    expect(await statesOn(host, checks)).toEqual(Object.fromEntries(checks.map((check) => [check, 'ready'])))
    await host.reboot()
    const again = await mustPaste(
      host,
      "cloud-init status --wait; grep -c 'hostdeps-fix: done' /var/log/cloud-init-output.log; stat -c '%a %U' /var/lib/hostdeps/fix.sh",
    )
    expect(again).toMatch(/^1\n700 root$/m)
    expect(await statesOn(host, checks)).toMatchObject({ 'open-iscsi': 'ready' })
  })
})
