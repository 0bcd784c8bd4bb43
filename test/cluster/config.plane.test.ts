import { describe, expect, test } from 'vitest'
import { untilStatus } from '../hosts/cli.ts'
import { configOf, flag, useFlaggedNode } from './plane/flagged-node.ts'
import { until } from './plane/test-node.ts'

/** What people change while the agent runs. */
describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('what people write', () => {
  const on = useFlaggedNode()

  test('a check that leaves the config leaves the Node, and an added one appears', async () => {
    const { node, agent, flags, labelIs, condition } = on()
    agent.writeConfig(configOf('other, third'))
    agent.writeCheck('third', flags.check('third'))
    await labelIs(undefined)
    await until(
      () => node.label('hostdeps.dev/third'),
      (now) => now === 'missing',
    )
    expect(await condition()).toBeUndefined()
    agent.writeConfig(configOf('flag, other'))
    await labelIs('ready')
  })

  test('an invalid config keeps the last valid one, and says so', async () => {
    const { node, agent } = on()
    agent.writeConfig(configOf('flag, othr'))
    await untilStatus(`${agent.url}/readyz`, 503)
    const said = await (await fetch(`${agent.url}/readyz`)).text()
    expect(said).toMatch(/config\.yaml:1: checks\[1\]: there is no check othr \(did you mean other\?\)/)
    expect(await (await fetch(`${agent.url}/metrics`)).text()).toMatch(/^hostdeps_config_mistakes 1$/m)
    await until(
      () => node.events(),
      (events) => events.some(({ reason }) => reason === 'ConfigInvalid'),
    )
    expect(await node.label(flag)).toBe('ready')
    agent.writeConfig(configOf('flag, other'))
    await untilStatus(`${agent.url}/readyz`, 200)
  })

  test('what is switched off leaves the Node', async () => {
    const { node, agent, condition } = on()
    agent.writeConfig(
      'checks: [flag, other]\ninterval: 5s\npublish: { reapply: 10s, conditions: false, annotation: false }\n',
    )
    await until(condition, (now) => now === undefined)
    const { metadata } = await node.read()
    expect([metadata?.annotations?.['hostdeps.dev/report'], metadata?.labels?.[flag]]).toEqual([
      undefined,
      'ready',
    ])
    agent.writeConfig(configOf('flag, other'))
    await until(condition, (now) => now?.status === 'True')
  })
})
