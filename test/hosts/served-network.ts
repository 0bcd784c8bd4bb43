import { execa } from 'execa'
import { makeNetwork } from '../cluster/nodes/network.ts'
import type { TestHost } from './nspawn.ts'
import { servePackages } from './package-server.ts'

/** A network with a repository of packages: what a host's own services reach, which see no other. */
export interface ServedNetwork {
  /** Gives the host an address there, and the repository as its only one. */
  join(host: TestHost): Promise<void>
  stop(): Promise<void>
}

export async function openServedNetwork(suite: string): Promise<ServedNetwork> {
  const packages = process.env['HOSTDEPS_TEST_PACKAGES']
  if (packages === undefined) throw new Error('HOSTDEPS_TEST_PACKAGES is not set: npm test sets it up')
  const network = await makeNetwork()
  const server = await servePackages(packages, network.address)
  let joined = 0
  return {
    async join(host) {
      // Addresses of a network with one host.
      await network.join(host.name, joined++ % 200)
      const url = `http://${network.address}:${server.port}/${suite}`
      const { exitCode, stderr } = await pasteIn(host, useRepository(url))
      if (exitCode !== 0) throw new Error(stderr)
    },
    async stop() {
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
  return runIn(host, ['sh', '-exc', script])
}

/** A program in all namespaces of the host. */
export async function runIn(host: TestHost, command: readonly string[], signal?: AbortSignal) {
  const argv = ['-t', String(host.pid), '-m', '-p', '-u', '-i', '-n', '--', ...command]
  const options = {
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: 600_000,
    killSignal: 'SIGKILL',
    ...(signal && { cancelSignal: signal }),
  } as const
  const { exitCode, stdout, stderr } = await execa('nsenter', argv, options)
  return { exitCode, stdout, stderr }
}

/** The repository that the test serves is the only one. */
export const useRepository = (url: string) => `set -e
rm -rf /etc/apt/sources.list.d /var/lib/apt/lists
mkdir -p /etc/apt/sources.list.d /var/lib/apt/lists/partial
echo 'deb [trusted=yes] ${url} ./' > /etc/apt/sources.list`
