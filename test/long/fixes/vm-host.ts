import type { ReportCheck } from '#agent/model/report.ts'
import { servePackages } from '../../hosts/package-server.ts'
import { bootVm } from '../../hosts/vm.ts'
import { useRepository } from '../../hosts/served-network.ts'
import { stateScript } from './fix-host.ts'
import type { FixHost } from './fix-host.ts'

/** What QEMU's own network calls this machine. */
const outside = '10.0.2.2'
const joinNetwork = `set -e
modprobe virtio_net
udevadm settle
device=$(ls /sys/class/net | grep -v '^lo$')
ip link set "$device" up
ip addr add 10.0.2.15/24 dev "$device"
ip route add default via ${outside}`

/** What answers, warm. It is there before the snapshot, so that it is asked for in each state of the machine. */
const startAsker = `set -e
mkfifo /run/asked
systemd-run -q --unit=test-guest-asker sh -c 'exec /opt/hostdeps/node /opt/hostdeps/dist/agent/chunks/ask-each.js /run/answer <> /run/asked'`

const ask = (names: readonly string[]) => `rm -f /run/answer
echo '${names.join(' ')}' > /run/asked
until test -e /run/answer; do sleep 0.2; done
cat /run/answer`

/** Milliseconds: a compiler is unpacked by an emulated machine, beside other tests. */
const installLimit = 1_800_000

/** With Debian's own kernel and modules; it goes back to where it was by a snapshot. */
export async function bootFixVm(): Promise<FixHost> {
  const packages = process.env['HOSTDEPS_TEST_PACKAGES']
  if (packages === undefined) throw new Error('HOSTDEPS_TEST_PACKAGES is not set: npm test sets it up')
  const server = await servePackages(packages, '127.0.0.1')
  const script = new URL('ask-each.ts', import.meta.url).pathname
  const vm = await bootVm({}, '', { network: true, memory: 4096, scripts: { 'ask-each': script } })
  await vm.must(joinNetwork)
  await vm.must(useRepository(`http://${outside}:${server.port}/bookworm`))
  await vm.must(startAsker)
  const all: readonly ReportCheck[] = JSON.parse(await vm.must(ask([])))
  await vm.save()
  return {
    async ask(names) {
      return names === undefined ? all : JSON.parse(await vm.must(ask(names)))
    },
    async paste(text) {
      const packed = Buffer.from(text).toString('base64')
      return vm.exec(
        `cd /root; echo ${packed} | base64 -d > /run/pasted; exec sh -ex /run/pasted`,
        installLimit,
      )
    },
    state: async () => (await vm.must(stateScript)).split('\n'),
    renew: () => vm.restore(),
    async stop() {
      await vm.stop()
      await server.stop()
    },
  }
}
