import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { load } from '#agent/catalog/load.ts'
import { settle } from '#agent/model/settle.ts'
import { formats } from '#agent/render/formats.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { compose } from './compose.ts'
import { recordedHost } from './recorded-host.ts'

const loaded = load({ config: null, customChecks: null, allowCommands: true })
const ubuntu = compose(join(import.meta.dirname, 'composed/microk8s-on-ubuntu.yaml'))

afterAll(() => rmSync(ubuntu, { recursive: true }))

/** An Ubuntu runs multipathd by default; Longhorn wants it off, SAN drivers on. */
describe('Longhorn on an Ubuntu', () => {
  test('SAN drivers are published too: no output has a command that stops multipathd', async () => {
    const { table, json, check } = await say(['longhorn', 'san-multipath'], 'longhorn')
    expect(check?.message).toContain('conflicts with san-multipath (multipath) on this node')
    expect(check?.fix).toContain('# san-multipath (multipath) wants the opposite on this node')
    for (const text of [table, json]) {
      expect(text).toContain('conflicts with san-multipath (multipath) on this node')
      expect(text).not.toMatch(/systemctl (disable|stop)/)
    }
  })

  test('only Longhorn is: multipathd may be no more than the default, and the command is a note', async () => {
    const { check } = await say(['longhorn'], 'longhorn')
    expect(check?.message).toContain('conflicts with multipath, which is ready on this node')
    const lines = check?.fix?.split('\n').filter((line) => line.includes('multipathd')) ?? []
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.every((line) => line.startsWith('# '))).toBe(true)
  })
})

async function say(checks: readonly string[], name: string) {
  const files = { loaded: { ...loaded, config: { ...loaded.config, checks: [...checks] } }, mistakes: [] }
  const round = await makeRound({ host: recordedHost(ubuntu), clock: fakeClock(), files, names: checks })
  const { report } = settle(null, round, 'node')
  const [table, json] = [formats.table(report, { color: false }), formats.json(report)]
  return { table, json, check: report.checks.find((one) => one.name === name) }
}
