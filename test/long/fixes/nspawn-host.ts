import { bootHost } from '../../hosts/nspawn.ts'
import { openServedNetwork, pasteIn } from '../../hosts/served-network.ts'
import { askAlone } from './ask-alone.ts'
import { stateScript } from './fix-host.ts'
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
  const network = await openServedNetwork(suite)
  const boot = async () => {
    const host = await bootHost('fixes', { lower: root, isUnified })
    await network.join(host)
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
      await network.stop()
    },
  }
}
