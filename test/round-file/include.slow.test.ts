import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { load } from '#agent/catalog/load.ts'
import type { CheckResult, Finding, Round } from '#agent/model/report.ts'
import { resultAsFinding } from '#agent/model/included.ts'
import { largestRound } from '#agent/model/bounds.ts'
import { restoreIncluded } from '#agent/round-file/include.ts'
import type { StoredCheck } from '#agent/round-file/stored-check.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { openRoundFile, readRoundFile, writeRound } from '#agent/round-file/file.ts'
import { storeChecks } from '#agent/round-file/store.ts'
import { recordedHost } from '../hosts/recorded-host.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { manyChecks } from '../rounds/many-checks.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-references-'))
const path = join(folder, 'round.json')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('1,000 checks as people write them', () => {
  let round: Round
  beforeAll(async () => {
    const own = join(folder, 'checks')
    mkdirSync(own)
    for (const [name, text] of Object.entries(manyChecks(1_000)))
      writeFileSync(join(own, `${name}.yaml`), text)
    const loaded = load({ config: null, customChecks: own, allowCommands: false })
    const host = recordedHost(new URL('../hosts/debian-12', import.meta.url).pathname)
    const files = { loaded, mistakes: [] }
    round = await makeRound({ host, clock: fakeClock(), files, names: loaded.catalog.keys() })
  })

  test('are passed on whole, though far too large without references', () => {
    // The instrument: each has all that Longhorn's has.
    expect(JSON.stringify(round).length).toBeGreaterThan(5 * largestRound)
    expect(writeRound(path, round)).toEqual({ cut: 0, dropped: 0 })
    console.log(`1,114 checks: ${statSync(path).size} bytes, whole ${JSON.stringify(round).length}`)
    expect(readRoundFile(path)).toEqual({ round, faults: [] })
  })

  test('share what they have in common', () => {
    writeRound(path, round)
    const read = readRoundFile(path)
    const checks = 'round' in read ? read.round.checks : []
    const includedBy = (name: string) => checks.find((check) => check.name === name)?.findings[0]?.findings
    expect(includedBy('own-1')).toBe(checks.find(({ name }) => name === 'longhorn')?.findings)
    expect(includedBy('own-999')).toBe(includedBy('own-1'))
  })

  test('an unchanged check is the same object; a changed one is not, nor what includes it', () => {
    const read = openRoundFile(path)
    const next = (changes: Partial<Round>) => {
      writeRound(path, { ...round, ...changes })
      const now = read()
      return 'round' in now ? now.round.checks : []
    }
    const [first, second] = [next({ boot: 1 }), next({ boot: 2 })]
    expect(second.every((check, index) => check === first[index])).toBe(true)
    const checks = round.checks.map((check) =>
      check.name === 'mount-propagation' ? { ...check, title: 'x' } : check,
    )
    const third = next({ checks })
    expect(third).toEqual(checks)
    const kept = third.filter((check, index) => check === first[index]).map(({ name }) => name)
    const other = third.filter((check, index) => check !== first[index]).map(({ name }) => name)
    // own-1 takes in Longhorn's, and that what has changed.
    expect(other).toEqual(expect.arrayContaining(['mount-propagation', 'longhorn', 'own-1']))
    expect(kept).toEqual(expect.arrayContaining(['nfs-client', 'calico']))
    const fourth = next({ checks })
    expect(fourth.every((check, index) => check === third[index])).toBe(true)
  })

  test('when there are too many, those that are not published lose their findings, and nothing else', () => {
    const large = checksNamed('large', 500, 6)
    const settings = { ...round.settings, checks: ['open-iscsi', 'longhorn', 'large-7', 'own-1'] }
    const all = { ...round, settings, checks: [...round.checks, ...large] }
    const { cut } = writeRound(path, all)
    expect(cut).toBeGreaterThan(200)
    expect(statSync(path).size).toBeLessThanOrEqual(largestRound)
    const read = readRoundFile(path)
    const got = 'round' in read ? read.round : null
    expect(got?.probing.cut).toBe(cut)
    const lost = got?.checks.filter(
      (check, index) => check.findings.length < (all.checks[index]?.findings.length ?? 0),
    )
    expect(lost?.length).toBe(cut)
    for (const [index, check] of (got?.checks ?? []).entries()) {
      const { findings, ...words } = all.checks[index] ?? check
      expect(check).toMatchObject(words)
      expect(check.findings.length + (check.omitted ?? 0)).toBe(findings.length)
    }
    for (const name of settings.checks)
      expect(got?.checks.find((check) => check.name === name)).toEqual(
        all.checks.find((check) => check.name === name),
      )
  })

  test('one that includes a thousand others has the first of their findings, and the number of the rest', () => {
    const findings = round.checks.slice(-1_000).map((check) => includedAs(check))
    const umbrella = checkOf('umbrella', findings)
    const all = { ...round, checks: [...round.checks, umbrella] }
    expect(writeRound(path, all)).toEqual({ cut: 1, dropped: 0 })
    const read = readRoundFile(path)
    const checks = 'round' in read ? read.round.checks : []
    const got = checks.at(-1)
    expect(checks.slice(0, -1)).toEqual(round.checks)
    expect(got).toEqual({
      ...umbrella,
      findings: findings.slice(0, got?.findings.length),
      omitted: 1_000 - (got?.findings.length ?? 0),
    })
    expect(got?.findings.length).toBeGreaterThan(10)
    expect('round' in read && read.round.probing.cut).toBe(1)
  })

  test('with even more, the published ones are passed on, and what is left out is reported', () => {
    const large = checksNamed('large', 19_000, 1).map((check) => ({ ...check, why: 'w'.repeat(700) }))
    const settings = { ...round.settings, checks: ['large-7', 'open-iscsi'], mistakes: ['x.yaml:1: y'] }
    const { cut, dropped } = writeRound(path, { ...round, settings, checks: [...large, ...round.checks] })
    expect(dropped).toBeGreaterThan(100)
    expect(cut).toBeGreaterThanOrEqual(dropped)
    expect(statSync(path).size).toBeLessThanOrEqual(largestRound)
    const read = readRoundFile(path)
    const got = 'round' in read ? read.round : null
    expect(got?.checks.length).toBe(large.length + round.checks.length - dropped)
    expect(got?.checks.map(({ name }) => name)).toEqual(expect.arrayContaining(settings.checks))
    expect(got?.settings.mistakes).toEqual([
      expect.stringMatching(
        `^too many checks: ${dropped} unpublished ones are left out, or .*; remove custom checks$`,
      ),
      'x.yaml:1: y',
    ])
  })
})

describe('what is included', () => {
  const base = checkOf('base', [findingOf('binary:x')])
  const taken = (changes: Partial<Finding> = {}): Finding => ({
    ...findingOf('check:base'),
    kind: 'check',
    message: 'base: m',
    evidence: [],
    findings: base.findings,
    ...changes,
  })

  test.each<[string, Finding, boolean]>([
    ['the same words', taken(), true],
    ['a why of its own', taken({ why: 'other' }), true],
    ['only recommended', taken({ recommended: true }), true],
    ['copied', taken({ findings: [findingOf('binary:x')] }), true],
    ['not for this host', taken({ state: 'not-applicable', reason: 'NotApplicable' }), false],
    ['other findings', taken({ findings: [findingOf('binary:y')] }), false],
    ['not there', taken({ need: 'check:other' }), false],
  ])('%s', (_, finding, isReference) => {
    const written = storeChecks([base, checkOf('user', [finding])]).map(({ check }) => check)
    expect('takes' in (written[1]?.findings[0] ?? {})).toBe(isReference)
    expect(wholeOf(written)).toEqual([base, checkOf('user', [finding])])
  })

  test('also inside alternatives, over several steps and in any order', () => {
    const middle = checkOf('middle', [
      { ...findingOf('anyOf:1'), findings: [findingOf('binary:y'), taken()] },
    ])
    const top = checkOf('top', [
      { ...taken({ need: 'check:middle', message: 'middle: m' }), findings: middle.findings },
    ])
    const written = storeChecks([top, middle, base]).map(({ check }) => check)
    expect(JSON.stringify(written).match(/"takes"/g)).toHaveLength(2)
    expect(wholeOf(written)).toEqual([top, middle, base])
  })
})

describe('a file that is not ours', () => {
  const refer = (name: string, ...takes: string[]): StoredCheck => {
    const findings = takes.map((one) => ({ need: 'n', kind: 'check', takes: one, recommended: false }))
    return { ...checkOf(name, []), findings }
  }
  const many = 'it has more findings than the limit'
  const ring = 'it includes itself'
  test.each<[string, StoredCheck[], Record<string, string>]>([
    ['a check that is not in it', [refer('a', 'b')], {}],
    ['one that includes itself', [refer('a', 'a')], { a: ring }],
    ['a ring', [refer('a', 'b'), refer('b', 'c'), refer('c', 'a')], { c: ring }],
    [
      'rings in a ring',
      [refer('a', 'b', 'a'), refer('b', 'c', 'b'), refer('c', 'a')],
      { a: ring, b: ring, c: ring },
    ],
    [
      'what doubles forty times',
      chain(40, (name, next) => refer(name, next, next)),
      { c10: many, c20: many, c30: many, c40: many },
    ],
    ['what is deeper than anything', chain(60, refer), { c51: many }],
  ])('%s', (_, checks, wanted) => {
    const { whole, unusable } = restore(checks)
    expect(Object.fromEntries(unusable)).toEqual(wanted)
    for (const { name } of checks) {
      const state = name in wanted ? 'unknown' : 'missing'
      expect(whole.get(name)?.state).toBe(state)
    }
  })

  test('a check that includes an unusable one says so, and is otherwise unaffected', () => {
    const user = { ...refer('user', 'bad', 'gone', 'good'), state: 'ready', reason: 'AllReady' } as const
    const { whole } = restore([user, refer('good')], new Map([['bad', 'it is cut off']]))
    expect(whole.get('bad')).toMatchObject({ state: 'unknown', reason: 'ResultUnusable' })
    const { findings, ...words } = whole.get('user') ?? user
    expect(words).toMatchObject({ state: 'ready', reason: 'AllReady' })
    expect(findings.map((one) => 'state' in one && [one.state, one.message])).toEqual([
      ['unknown', "bad: the prober's result for this check is unusable: it is cut off"],
      ['unknown', "gone: the prober's result for this check is unusable: it is not in the round"],
      ['missing', 'good: m'],
    ])
  })

  test('a chain of any length overflows no stack', () => {
    const { whole, unusable } = restore(chain(20_000, refer))
    expect(whole.size).toBe(20_001)
    expect(unusable.size).toBe(Math.floor(20_000 / 51))
  })

  /** c0 includes nothing, and each other the one before. */
  function chain(length: number, link: (name: string, next: string) => StoredCheck): StoredCheck[] {
    const links = Array.from({ length }, (_, n) => link(`c${n + 1}`, `c${n}`))
    return [...links.toReversed(), refer('c0')]
  }
})

function restore(stored: readonly StoredCheck[], unusable: ReadonlyMap<string, string> = new Map()) {
  return restoreIncluded(new Map(stored.map((check) => [check.name, check])), unusable)
}

function wholeOf(stored: readonly StoredCheck[]): unknown {
  const { whole } = restore(stored)
  return stored.map(({ name }) => whole.get(name))
}

function includedAs(check: CheckResult): Finding {
  return {
    need: `check:${check.name}`,
    kind: 'check',
    why: 'w',
    recommended: false,
    ...resultAsFinding(check),
  }
}

function findingOf(need: string): Finding {
  const said = { state: 'missing', reason: 'BinaryNotFound', message: 'm', why: 'w', fix: 'f' } as const
  return { ...said, need, kind: need.split(':')[0] ?? '', evidence: [], recommended: false }
}

function checkOf(name: string, findings: readonly Finding[]): CheckResult {
  const said = { state: 'missing', reason: 'BinaryNotFound', message: 'm', why: 'w', fix: 'f' } as const
  return { ...said, name, title: name, findings }
}

/** Each has so many kilobytes of evidence. */
function checksNamed(name: string, count: number, kilobytes: number): CheckResult[] {
  const evidence = Array.from({ length: kilobytes }, () => 'x'.repeat(1_000))
  return Array.from({ length: count }, (_, number) =>
    checkOf(`${name}-${number}`, [{ ...findingOf('binary:x'), evidence }]),
  )
}
