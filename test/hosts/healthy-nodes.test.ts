import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { load } from '#agent/catalog/load.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { compose } from './compose.ts'
import { unplainWords } from './plain-words.ts'
import { recordedHost } from './recorded-host.ts'

const folder = import.meta.dirname
const row = z.strictObject({
  node: z.string(),
  host: z.string(),
  changes: z.record(z.string(), z.unknown()).default({}),
  checks: z.array(z.string()).min(1),
  state: z.enum(['ready', 'missing']).default('ready'),
  reason: z.string().optional(),
})
const rows = z.array(row).parse(parse(readFileSync(join(folder, 'healthy-nodes.yaml'), 'utf8')))
const loaded = load({ config: null, customChecks: null, allowCommands: true })

/** A false "missing" on a healthy node is the worst bug there is. */
test.each(rows)('$node: $checks $state', async ({ host, changes, checks, state, reason }) => {
  const place = compose(join(folder, 'composed', `${host}.yaml`), changes)
  onTestFinished(() => rmSync(place, { recursive: true }))
  const round = await makeRound({
    host: recordedHost(place),
    clock: fakeClock(),
    files: { loaded, mistakes: [] },
    names: checks,
  })
  expect(unplainWords(round.checks)).toEqual([])
  const said = round.checks.filter(({ name }) => checks.includes(name))
  for (const check of said)
    expect(check, check.message).toMatchObject({ state, ...(reason !== undefined && { reason }) })
  expect(said).toHaveLength(checks.length)
})
