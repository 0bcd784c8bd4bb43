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

  test('a condition of a problem goes and comes, and is as old as the state, also after a restart', async () => {
    const { node, agent, flags, labelIs, condition } = on()
    const other = () => node.condition('hostdeps.dev/OtherReady')
    const first = await other()
    const config = (shown: string) =>
      `checks: [flag, other]\ninterval: 5s\nunknownAfter: 1s\npublish: { reapply: 10s, conditions: ${shown} }\n`
    agent.writeConfig(config('none'))
    await until(other, (now) => now === undefined)
    await agent.server.end()
    agent.startServer()
    await until(
      () => fetch(`${agent.url}/readyz`).catch(() => null),
      (answer) => answer?.status === 200,
    )
    agent.writeConfig(config('problems'))
    const again = await until(other, (now) => now !== undefined).then(other)
    expect(again?.lastTransitionTime).toEqual(first?.lastTransitionTime)
    expect(await condition()).toBeUndefined()
    flags.clear('flag')
    await labelIs('missing')
    expect(await condition()).toMatchObject({ status: 'False' })
    flags.set('flag')
    await labelIs('ready')
    expect([await condition(), (await other())?.status]).toEqual([undefined, 'False'])
    const events = await node.events()
    expect(events.filter(({ note }) => note?.startsWith('other: ') === true)).toHaveLength(1)
    agent.writeConfig(configOf('flag, other'))
    await until(condition, (now) => now?.status === 'True')
  })

  test('what is switched off leaves the Node', async () => {
    const { node, agent, condition } = on()
    agent.writeConfig(
      'checks: [flag, other]\ninterval: 5s\npublish: { reapply: 10s, conditions: false, annotation: false }\n',
    )
    const report = async () => (await node.read()).metadata?.annotations?.['hostdeps.dev/report']
    await until(report, (now) => now === undefined)
    expect([await condition(), await node.label(flag)]).toEqual([undefined, 'ready'])
    agent.writeConfig(configOf('flag, other'))
    await until(condition, (now) => now?.status === 'True')
  })
})
