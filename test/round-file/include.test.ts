import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { load } from '../../agent/catalog/load.ts'
import type { CheckResult, Finding, Round } from '../../agent/model/report.ts'
import { resultAsFinding } from '../../agent/model/included.ts'
import { replaceIncluded, restoreIncluded } from '../../agent/round-file/include.ts'
import type { StoredCheck } from '../../agent/round-file/stored-check.ts'
import { makeRound } from '../../agent/rounds/make-round.ts'
import { openRoundFile, readRoundFile, writeRound } from '../../agent/round-file/file.ts'
import { largestRound } from '../../agent/round-file/write.ts'
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
    const loaded = load({ config: null, ownChecks: own, allowCommands: false })
    const host = recordedHost(new URL('../hosts/debian-12', import.meta.url).pathname)
    const files = { loaded, mistakes: [] }
    round = await makeRound({ host, clock: fakeClock(), files, names: loaded.catalog.keys() })
  }, 60_000)

  test('are handed on whole, though as they are they would be far too large', () => {
    // The instrument: each has all that Longhorn's has.
    expect(JSON.stringify(round).length).toBeGreaterThan(5 * largestRound)
    expect(writeRound(path, round)).toEqual({ cut: 0, unusable: null })
    console.log(`1,114 checks: ${statSync(path).size} bytes, whole ${JSON.stringify(round).length}`)
    expect(readRoundFile(path)).toEqual({ round })
  })

  test('share what they have in common', () => {
    writeRound(path, round)
    const read = readRoundFile(path)
    const checks = 'round' in read ? read.round.checks : []
    const includedBy = (name: string) => checks.find((check) => check.name === name)?.findings[0]?.findings
    expect(includedBy('own-1')).toBe(checks.find(({ name }) => name === 'longhorn')?.findings)
    expect(includedBy('own-999')).toBe(includedBy('own-1'))
  })

  test('a check that is as it was is the same object; another is not, nor what takes it in', () => {
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
    const text = 'x'.repeat(10_000)
    const large = checksNamed('large', 500, text)
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
      const { findings: _, ...words } = all.checks[index] ?? check
      expect(check).toMatchObject(words)
    }
    for (const name of settings.checks)
      expect(got?.checks.find((check) => check.name === name)).toEqual(
        all.checks.find((check) => check.name === name),
      )
  })

  test('one that takes in a thousand others has its state and its words', () => {
    const findings = round.checks.slice(-1_000).map((check) => takenInAs(check))
    const umbrella = checkOf('umbrella', findings)
    expect(writeRound(path, { ...round, checks: [...round.checks, umbrella] })).toEqual({
      cut: 1,
      unusable: null,
    })
    const read = readRoundFile(path)
    expect('round' in read && read.round.checks).toEqual([...round.checks, { ...umbrella, findings: [] }])
  })

  test('when there are more still, that is what is handed on', () => {
    writeRound(path, round)
    const large = checksNamed('large', 5_000, 'x').map((check) => ({ ...check, why: 'w'.repeat(700) }))
    const { unusable } = writeRound(path, { ...round, checks: large })
    expect(unusable).toMatch(/^a round of \d{7} bytes, .* is larger than 3145728; take checks out$/)
    expect(readRoundFile(path)).toEqual({ unusable })
  })
})

describe('what is taken in', () => {
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
    const written = replaceIncluded([base, checkOf('user', [finding])])
    expect('takes' in (written[1]?.findings[0] ?? {})).toBe(isReference)
    expect(wholeOf(written)).toEqual([base, checkOf('user', [finding])])
  })

  test('inside of alternatives too, and over several steps, whatever comes first', () => {
    const middle = checkOf('middle', [
      { ...findingOf('anyOf:1'), findings: [findingOf('binary:y'), taken()] },
    ])
    const top = checkOf('top', [
      { ...taken({ need: 'check:middle', message: 'middle: m' }), findings: middle.findings },
    ])
    const written = replaceIncluded([top, middle, base])
    expect(JSON.stringify(written).match(/"takes"/g)).toHaveLength(2)
    expect(wholeOf(written)).toEqual([top, middle, base])
  })
})

describe('a file that is not ours', () => {
  const refer = (name: string, ...takes: string[]): StoredCheck => {
    const findings = takes.map((one) => ({ need: 'n', kind: 'check', takes: one, recommended: false }))
    return { ...checkOf(name, []), findings }
  }
  test.each<[string, StoredCheck[], RegExp]>([
    ['a check that is not in it', [refer('a', 'b')], /^b is taken in, and is not in it$/],
    ['one that takes in itself', [refer('a', 'a')], /^a takes in itself$/],
    ['a ring', [refer('a', 'b'), refer('b', 'c'), refer('c', 'a')], / takes in itself$/],
    [
      'what doubles forty times',
      [...Array.from({ length: 40 }, (_, n) => refer(`c${n + 1}`, `c${n}`, `c${n}`)), refer('c0')],
      /has more findings than may be$/,
    ],
    [
      'what is deeper than anything',
      [...Array.from({ length: 60 }, (_, n) => refer(`c${n + 1}`, `c${n}`)), refer('c0')],
      /has more findings than may be$/,
    ],
  ])('%s', (_, checks, wanted) => {
    expect(restoreIncluded(checks)).toMatch(wanted)
  })
})

function wholeOf(written: readonly StoredCheck[]): unknown {
  const opened = restoreIncluded(written)
  return typeof opened === 'string' ? opened : written.map(({ name }) => opened.whole.get(name))
}

function takenInAs(check: CheckResult): Finding {
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

function checksNamed(name: string, count: number, evidence: string): CheckResult[] {
  return Array.from({ length: count }, (_, number) =>
    checkOf(`${name}-${number}`, [{ ...findingOf('binary:x'), evidence: [evidence] }]),
  )
}
