import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAgent } from './plane/agents.ts'
import type { Agent } from './plane/agents.ts'
import { startInstalled } from './plane/installed.ts'
import type { Installed } from './plane/installed.ts'
import { makeNode, until } from './plane/test-node.ts'
import type { TestNode } from './plane/test-node.ts'

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('a server whose policy is taken away', () => {
  let on: Installed
  let node: TestNode
  let agent: Agent
  beforeAll(async () => {
    on = await startInstalled('hostdeps')
    node = await makeNode(on.cluster, 'worker-1')
    // The policies are tried as often as all is applied again.
    const config = 'checks: [overlay]\ninterval: 5s\npublish: { reapply: 10s }\n'
    const kubeConfig = on.cluster.kubeConfig(on.access['a pod on worker-1'].token)
    agent = await startAgent({ node: node.name, kubeConfig, config })
  })
  afterAll(async () => {
    await agent?.stop()
    await node?.stop()
    await on?.cluster.stop()
  })

  const enforced = (value: 0 | 1) =>
    until(
      async () => (await fetch(`${agent.url}/metrics`).catch(() => null))?.text() ?? '',
      (text) => text.includes(`\nhostdeps_policy_enforced ${value}\n`),
    )

  // By binding or policy: the metric turns with either, and the log and the events say which.
  const taken = {
    'hostdeps-node': 'validatingadmissionpolicybinding',
    'hostdeps-event': 'validatingadmissionpolicy',
  }

  test('says so when it tries them the next time, by log, event and metric', async () => {
    await enforced(1)
    expect(agent.server.said()).not.toContain('does not confine this token')
    for (const [name, kind] of Object.entries(taken)) await on.cluster.kubectl('delete', kind, name)
    const took = await enforced(0)
    console.log(`without its policies the server says so after ${Math.round(took / 1_000)} s`)
    for (const policy of Object.keys(taken)) {
      const complaint = new RegExp(`"policy":"${policy}".*does not confine this token`)
      await until(
        async () => agent.server.said(),
        (text) => complaint.test(text),
      )
      await until(
        async () => (await node.allEvents()).map(({ reason, note }) => `${reason}: ${note}`),
        (notes) =>
          notes.some((note) => note.startsWith(`Unconfined: the ValidatingAdmissionPolicy ${policy} is`)),
      )
    }
  })
})
