import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bootHost } from '../hosts/nspawn.ts'
import type { TestHost } from '../hosts/nspawn.ts'
import { openServedNetwork } from '../hosts/served-network.ts'
import type { ServedNetwork } from '../hosts/served-network.ts'
import { mustPaste, printFor, statesOn } from './new-node.ts'

const hasHost = ['HOSTDEPS_TEST_HOST_ROOT', 'HOSTDEPS_TEST_PACKAGES'].every((name) => process.env[name])

interface Config {
  readonly storage: {
    readonly files: readonly { path: string; mode: number; contents: { source: string } }[]
  }
  readonly systemd: { readonly units: readonly { name: string; contents: string }[] }
}

/** What starts as the kubelet, and knows what is there by then. */
const kubelet = `[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'command -v iscsiadm > /root/seen || echo none > /root/seen'
[Install]
WantedBy=multi-user.target
`

/** Ignition itself runs in the first boot's initial RAM disk; what it writes there is written here. */
describe.skipIf(!hasHost)('what Ignition writes, on a Debian 12 host', () => {
  let network: ServedNetwork
  let host: TestHost
  beforeAll(async () => {
    network = await openServedNetwork('bookworm')
    host = await bootHost('ignition')
    await network.join(host)
  })
  afterAll(async () => {
    await host?.stop()
    await network?.stop()
  })

  test('makes its checks ready before the kubelet starts, and changes nothing at the next boot', async () => {
    const checks = ['open-iscsi', 'nvme-hostnqn']
    const config = JSON.parse(await printFor(host, 'ignition', checks)) as Config
    for (const { path, mode, contents } of config.storage.files)
      await host.writeFile(path, await (await fetch(contents.source)).text(), mode)
    await host.writeFile('/etc/systemd/system/kubelet.service', kubelet)
    const units = config.systemd.units.map(({ name }) => name)
    for (const { name, contents } of config.systemd.units)
      await host.writeFile(`/etc/systemd/system/${name}`, contents)
    await mustPaste(host, `systemctl daemon-reload; systemctl enable kubelet ${units.join(' ')}`)
    await host.reboot()
    expect(await mustPaste(host, `systemctl is-active ${units.join(' ')}; cat /root/seen`)).toMatch(
      /^active\n\S*\/iscsiadm$/,
    )
    expect(await statesOn(host, checks)).toEqual({ 'open-iscsi': 'ready', 'nvme-hostnqn': 'ready' })
    const state = () => mustPaste(host, 'dpkg -l | sha256sum; cat /etc/nvme/hostnqn')
    const before = await state()
    await host.reboot()
    expect(await mustPaste(host, `systemctl is-active ${units.join(' ')}`)).toBe('active')
    expect(await state()).toBe(before)
  })
})
