import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { load } from '#agent/catalog/load.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { compose } from './compose.ts'
import { recordedHost } from './recorded-host.ts'

const folder = import.meta.dirname
const patterns = z
  .union([z.string().transform((one) => [one]), z.array(z.string())])
  .transform((all) => all.map((one) => new RegExp(one, 'm')))
  .default([])
const row = z.strictObject({
  node: z.string(),
  host: z.string(),
  changes: z.record(z.string(), z.unknown()).default({}),
  /** Paths that the composed host has and this one has not. */
  without: z.array(z.string()).default([]),
  fixes: z.record(z.string(), z.strictObject({ has: patterns, hasNot: patterns })),
})
const text = readFileSync(join(folder, 'fixes-by-host.yaml'), 'utf8')
const rows = z.array(row).parse(parse(text, { merge: true }))
const loaded = load({ config: null, customChecks: null, allowCommands: true })

test.each(rows)('$node', async ({ host, changes, without, fixes }) => {
  const place = compose(join(folder, 'composed', `${host}.yaml`), changes)
  onTestFinished(() => rmSync(place, { recursive: true }))
  for (const path of without) rmSync(join(place, 'root', path))
  const round = await makeRound({
    host: recordedHost(place),
    clock: fakeClock(),
    files: { loaded, mistakes: [] },
    names: Object.keys(fixes),
  })
  for (const [name, { has, hasNot }] of Object.entries(fixes)) {
    const check = round.checks.find((one) => one.name === name)
    const fix = check?.fix ?? ''
    for (const one of has) expect(fix, `${name}: ${check?.message}`).toMatch(one)
    for (const one of hasNot) expect(fix, `${name}: ${check?.message}`).not.toMatch(one)
  }
})
