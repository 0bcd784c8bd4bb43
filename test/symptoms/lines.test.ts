import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { readCatalog } from '#agent/catalog/catalog.ts'
import { readShipped } from '#agent/catalog/load.ts'
import { findIn, readPattern } from '#agent/model/pattern.ts'

const line = z.string().min(1)
const entry = z.strictObject({ log: line, matches: z.array(line).min(1), misses: z.array(line).min(1) })
const text = readFileSync(join(import.meta.dirname, 'lines.yaml'), 'utf8')
const entries = z.record(z.string(), z.array(entry)).parse(parse(text))

const checks = [...readCatalog(readShipped()).catalog.values()]
const symptoms = checks.flatMap(({ name, symptoms }) => symptoms.map(({ log }) => `${name}: ${log}`))
const covered = Object.entries(entries).flatMap(([name, list]) => list.map(({ log }) => `${name}: ${log}`))

test('each symptom of a shipped check has lines that match and lines that do not, and nothing else has', () => {
  expect([...new Set(symptoms)].toSorted()).toEqual(covered.toSorted())
})

test.each(checks.flatMap(({ name, symptoms }) => symptoms.map((one) => ({ name, ...one }))))(
  '$name says where $log comes from',
  ({ source, unverified }) => {
    expect(source ?? unverified).not.toBeNull()
  },
)

describe.each(Object.entries(entries))('%s', (_, list) => {
  test.each(list)('$log', ({ log, matches, misses }) => {
    expect(matches.filter((one) => !isIn(log, one))).toEqual([])
    expect(misses.filter((one) => isIn(log, one))).toEqual([])
  })
})

function isIn(log: string, line: string): boolean | null {
  const read = readPattern(log)
  if ('error' in read) throw new Error(`${log} ${read.error}`)
  return findIn(read, { text: line })
}
