import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAgent } from './agents.ts'
import { startInstalled } from './installed.ts'
import type { Installed } from './installed.ts'
import { makeNode, until } from './test-node.ts'
import type { TestNode } from './test-node.ts'

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('a server whose policy is taken away', () => {
  let on: Installed
  let node: TestNode
  beforeAll(async () => {
    on = await startInstalled('hostdeps')
    node = await makeNode(on.cluster, 'worker-1')
  })
  afterAll(async () => {
    await node?.stop()
    await on?.cluster.stop()
  })

  test('says so within a minute, by log, event and metric', async () => {
    const kubeConfig = on.cluster.kubeConfig(on.access['a pod on worker-1'].token)
    const config = 'checks: [overlay]\ninterval: 5s\n'
    const agent = await startAgent({ node: node.name, kubeConfig, config })
    const metrics = async () => (await fetch(`${agent.url}/metrics`).catch(() => null))?.text() ?? ''
    try {
      await until(metrics, (text) => /^hostdeps_policy_enforced 1$/m.test(text))
      expect(agent.server.said()).not.toContain('does not confine this token')
      await on.cluster.kubectl('delete', 'validatingadmissionpolicybinding', 'hostdeps-node')
      const took = await until(metrics, (text) => /^hostdeps_policy_enforced 0$/m.test(text), 60_000)
      console.log(`without its policy the server says so after ${Math.round(took / 1_000)} s`)
      expect(agent.server.said()).toContain('does not confine this token')
      await until(
        () => node.allEvents(),
        (events) => events.some(({ reason }) => reason === 'Unconfined'),
      )
    } finally {
      await agent.stop()
    }
  })
})
