import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse, stringify } from 'yaml'
import * as z from 'zod'
import { load } from '#agent/catalog/load.ts'
import { settle } from '#agent/model/settle.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { compose } from './compose.ts'
import { unplainWords } from './plain-words.ts'
import { recordedHost } from './recorded-host.ts'

const some = z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([])
const expected = z.strictObject({
  state: some,
  reason: z.string().optional(),
  /** Patterns for what it says with its findings and its fix. */
  has: some,
  hasNot: some,
  fix: some,
  fixNot: some,
})
const row = z.strictObject({
  node: z.string(),
  host: z.string(),
  changes: z.record(z.string(), z.unknown()).default({}),
  /** Units by systemd's own properties, where a state alone does not say it. */
  units: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  expect: z.record(z.string(), expected),
})
const folder = import.meta.dirname
const written = parse(readFileSync(join(folder, 'field-hosts.yaml'), 'utf8'), { merge: true }) as unknown
const rows = z.array(row).parse(written)
const loaded = load({ config: null, customChecks: null, allowCommands: true })

/** What people reported of their hosts, and what should have been said. */
test.each(rows)('$node', async ({ host, changes, units, expect: wanted }) => {
  const place = compose(join(folder, 'composed', `${host}.yaml`), changes)
  onTestFinished(() => rmSync(place, { recursive: true }))
  addUnits(place, units)
  const names = Object.keys(wanted)
  const files = { loaded, mistakes: [] }
  const round = await makeRound({ host: recordedHost(place), clock: fakeClock(), files, names })
  const { report } = settle(null, round, 'n')
  expect(unplainWords(report.checks)).toEqual([])
  for (const [name, want] of Object.entries(wanted)) {
    const check = report.checks.find((one) => one.name === name)
    const fix = check?.fix ?? ''
    const said = [check?.message, ...(check?.findings.map(({ message }) => message) ?? [])].join('\n')
    const text = `${said}\n${fix}`
    if (want.state.length > 0) expect(want.state, text).toContain(check?.state)
    if (want.reason !== undefined) expect(check?.reason, text).toBe(want.reason)
    for (const one of want.has) expect(text).toMatch(new RegExp(one, 'i'))
    for (const one of want.hasNot) expect(text).not.toMatch(new RegExp(one, 'i'))
    for (const one of want.fix) expect(fix).toMatch(new RegExp(one, 'im'))
    for (const one of want.fixNot) expect(fix).not.toMatch(new RegExp(one, 'im'))
  }
})

function addUnits(place: string, units: Readonly<Record<string, unknown>>): void {
  const path = join(place, 'answers.yaml')
  const said = parse(readFileSync(path, 'utf8')) as { units: Record<string, unknown> }
  writeFileSync(path, stringify({ ...said, units: { ...said.units, ...units } }))
}
