import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { load } from '#agent/catalog/load.ts'
import { unprintable } from '#agent/model/plain.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { compose } from '../hosts/compose.ts'
import { recordedHost } from '../hosts/recorded-host.ts'
import { oneOfEach } from '../needs/one-of-each.ts'
import { fakeClock } from './fake-clock.ts'
import { hostileHost } from './hostile-host.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-hostile-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** One check of every kind, of which each need tells what it saw, beside all that are shipped. */
mkdirSync(join(folder, 'checks'))
const needs = [
  ...Object.values(oneOfEach),
  'mount: /proc',
  'mount: { of: /var/lib, options: [nodev] }',
  'mount: { path: /, fstype: zfs }',
  'sysctl: kernel.ostype',
  'file: { path: "/lib/modules/{kernel}", mode: "0700" }',
]
writeFileSync(
  join(folder, 'checks', 'each.yaml'),
  `title: t\nwhy: w\nneeds:\n${needs.map((need) => `  - ${need}\n`).join('')}`,
)
const loaded = load({ config: null, customChecks: join(folder, 'checks'), allowCommands: true })

const hosts = new URL('../hosts/', import.meta.url).pathname
const composed = ['arch', 'rocky-9', 'flatcar-4459'].map((name) =>
  compose(join(hosts, 'composed', `${name}.yaml`)),
)
afterAll(() => composed.forEach((place) => rmSync(place, { recursive: true })))

test.each([join(hosts, 'debian-12'), join(hosts, 'alpine-3'), ...composed])(
  'no text of a round misleads a terminal or a reader: %s',
  async (place) => {
    const recorded = recordedHost(place)
    let [told, shown] = [0, 0]
    for (let seed = 0; seed < 40; seed++) {
      const host = hostileHost(recorded, seed)
      const failures: unknown[] = []
      const round = await makeRound({
        host,
        clock: fakeClock(),
        files: { loaded, mistakes: [] },
        names: seed % 4 === 0 ? loaded.catalog.keys() : ['each'],
        failed: (error) => failures.push(error),
      })
      expect(failures).toEqual([])
      const texts = textsOf(round)
      const bad = texts.filter((text) => new RegExp(`[${unprintable}]`, 'u').test(text.replaceAll('\n', '')))
      expect(bad).toEqual([])
      // A fix has a line a command; nothing else has two.
      expect(textsOf(withoutFixes(round)).filter((text) => text.includes('\n'))).toEqual([])
      told += host.told()
      shown += texts.filter((text) => text.includes('[31m')).length
    }
    // The instrument: odd characters were there, and what a text of the round was made of.
    expect(told).toBeGreaterThan(10_000)
    expect(shown).toBeGreaterThan(50)
  },
  120_000,
)

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsOf)
}

function withoutFixes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, one: unknown) => (key === 'fix' ? null : one)))
}
