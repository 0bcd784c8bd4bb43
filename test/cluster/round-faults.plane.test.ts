import { rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { untilStatus } from '../hosts/cli.ts'
import { useFlaggedNode } from './plane/flagged-node.ts'

/** What the Node says when the prober does not. */
describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('what is in the place of a round', () => {
  const on = useFlaggedNode()

  test.each<[string, (file: string) => void]>([
    ['cut off', (file) => writeFileSync(file, '{"v":1,')],
    ['a gigabyte', (file) => truncateSync(file, 1024 ** 3)],
    ['of another form', (file) => writeFileSync(file, '{"v":1,"checks":"none"}')],
    ['of an older version', (file) => writeFileSync(file, '{"v":0}')],
    ['a symbolic link', (file) => replace(file, () => symlinkSync('/etc/passwd', file))],
  ])('%s: unknown, RoundStale, not ready; and it passes by itself', async (_, spoil) => {
    const { agent, labelIs, condition } = on()
    agent.prober.signal('SIGSTOP')
    spoil(agent.roundFile)
    await labelIs('unknown')
    expect(await condition()).toMatchObject({ status: 'Unknown', reason: 'RoundStale' })
    expect((await fetch(`${agent.url}/readyz`)).status).toBe(503)
    expect((await fetch(`${agent.url}/ready/flag`)).status).toBe(503)
    agent.prober.signal('SIGCONT')
    await labelIs('ready')
    await untilStatus(`${agent.url}/readyz`, 200)
  })

  test('a prober that is frozen', async () => {
    const { agent, labelIs, condition } = on()
    agent.prober.signal('SIGSTOP')
    const took = await labelIs('unknown')
    console.log(
      `unknown on the Node ${Math.round(took)} ms after SIGSTOP (3 intervals of 5 s, unknownAfter 1 s)`,
    )
    expect((await condition())?.message).toContain('the prober has stopped')
    agent.prober.signal('SIGCONT')
    await labelIs('ready')
  })

  test('a prober that is dead while the server starts: what the Node said becomes unknown', async () => {
    const { agent, labelIs } = on()
    await agent.prober.end()
    await agent.server.end()
    rmSync(agent.roundFile)
    agent.startServer()
    await labelIs('unknown')
    agent.startProber()
    await labelIs('ready')
  })
})

function replace(file: string, by: () => void): void {
  rmSync(file)
  by()
}
