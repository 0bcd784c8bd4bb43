import { execa } from 'execa'
import { makeNetwork } from '../../cluster/nodes/network.ts'
import { bootHost } from '../../hosts/nspawn.ts'
import type { TestHost } from '../../hosts/nspawn.ts'
import { servePackages } from '../../hosts/package-server.ts'
import { askAlone } from './ask-alone.ts'
import { stateScript, useRepository } from './fix-host.ts'
import type { FixHost } from './fix-host.ts'

export interface Release {
  /** As Debian calls it. */
  readonly suite: string
  /** Of its root, see test/setup. */
  readonly root: string
  readonly isUnified?: boolean
}

/** In systemd-nspawn, with a network of its own on which the test serves packages. */
export async function bootFixHost({ suite, root, isUnified = false }: Release): Promise<FixHost> {
  const packages = process.env['HOSTDEPS_TEST_PACKAGES']
  if (packages === undefined) throw new Error('HOSTDEPS_TEST_PACKAGES is not set: npm test sets it up')
  const network = await makeNetwork()
  const server = await servePackages(packages, network.address)
  let joined = 0
  const boot = async () => {
    const host = await bootHost('fixes', { lower: root, isUnified })
    // Addresses of a network with one host.
    await network.join(host.name, joined++ % 200)
    const { exitCode, stderr } = await pasteIn(
      host,
      useRepository(`http://${network.address}:${server.port}/${suite}`),
    )
    if (exitCode !== 0) throw new Error(stderr)
    return host
  }
  let host = await boot()
  return {
    ask: (names) => askAlone(host.pid, names),
    paste: (script) => pasteIn(host, script),
    state: async () => (await pasteIn(host, stateScript)).stdout.split('\n'),
    async renew() {
      await host.stop()
      host = await boot()
    },
    async stop() {
      await host.stop()
      await server.stop()
      network.remove()
    },
  }
}

/** With a login's variables and no others: what the text needs it sets itself. */
const env = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C',
}

/** As one pastes it into a root shell of the host, in its own network; the shell ends at the first error. */
export async function pasteIn(host: TestHost, script: string) {
  const argv = ['-t', String(host.pid), '-m', '-p', '-u', '-i', '-n', '--', 'sh', '-exc', script]
  const options = {
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: 600_000,
    killSignal: 'SIGKILL',
  } as const
  const { exitCode, stdout, stderr } = await execa('nsenter', argv, options)
  return { exitCode, stdout, stderr }
}
