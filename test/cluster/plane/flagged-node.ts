import type { V1NodeCondition } from '@kubernetes/client-node'
import { afterAll, beforeAll } from 'vitest'
import { startAgent } from './agents.ts'
import type { Agent } from './agents.ts'
import { startControlPlane } from './control-plane.ts'
import type { ControlPlane } from './control-plane.ts'
import { makeFlags } from './flag-check.ts'
import type { Flags } from './flag-check.ts'
import { serverAccess } from './service-account.ts'
import { startStormProxy } from './storm-proxy.ts'
import type { StormProxy } from './storm-proxy.ts'
import { makeNode, until } from './test-node.ts'
import type { TestNode } from './test-node.ts'

/** The label of the check "flag". */
export const flag = 'hostdeps.dev/flag'

/** Quick enough to be tested: rounds each 5 s, healing each 10 s. */
export function configOf(checks: string): string {
  return `checks: [${checks}]\ninterval: 5s\nunknownAfter: 1s\npublish: { reapply: 10s }\n`
}

/** A Node that this machine's agent publishes to: the check "flag" is ready on it, "other" is missing. */
export interface FlaggedNode {
  readonly cluster: ControlPlane
  /** The server speaks to the API server through it. */
  readonly proxy: StormProxy
  readonly node: TestNode
  readonly agent: Agent
  readonly flags: Flags
  /** Until the label of "flag" says so; in how many milliseconds it did. */
  labelIs(state: string | undefined): Promise<number>
  condition(): Promise<V1NodeCondition | undefined>
}

/** One for all tests of a file. */
export function useFlaggedNode(): () => FlaggedNode {
  let all: FlaggedNode | null = null
  let stop = async () => {}
  beforeAll(async () => {
    ;({ all, stop } = await startAll())
    const { agent } = all
    await all.labelIs('ready').catch((error: Error) => {
      throw new Error(`${error.message}\n${agent.prober.said()}\n${agent.server.said()}`)
    })
  })
  afterAll(() => stop())
  return () => {
    if (all === null) throw new Error('it has not been started')
    return all
  }
}

async function startAll() {
  const flags = makeFlags()
  const cluster = await startControlPlane()
  const proxy = await startStormProxy(cluster.admin)
  const node = await makeNode(cluster, 'worker-1')
  const kubeConfig = await serverAccess(cluster, proxy.url)
  flags.set('flag')
  const checks = { flag: flags.check('flag'), other: flags.check('other') }
  const agent = await startAgent({ node: node.name, kubeConfig, config: configOf('flag, other'), checks })
  const labelIs: FlaggedNode['labelIs'] = (state) =>
    until(
      () => node.label(flag),
      (now) => now === state,
    )
  const condition = () => node.condition('hostdeps.dev/FlagReady')
  const stop = async () => {
    await agent.stop()
    await node.stop()
    await proxy.stop()
    await cluster.stop()
    flags.remove()
  }
  return { all: { cluster, proxy, node, agent, flags, labelIs, condition }, stop }
}
