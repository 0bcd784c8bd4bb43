import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { CheckResult, Finding, Round } from '#agent/model/report.ts'
import { settle } from '#agent/model/settle.ts'
import { renderGate } from '#agent/render/text.ts'
import { readRoundFile, writeRound } from '#agent/round-file/file.ts'
import { probingWith, settingsWith } from '../model/settings.ts'
import { plainHost } from '../model/host-facts.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-attacks-'))
const path = join(folder, 'round.json')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const said = { state: 'missing', reason: 'BinaryNotFound', message: 'm', why: 'w', fix: 'f' } as const
const finding: Finding = { ...said, need: 'binary:x', kind: 'binary', evidence: [], recommended: false }
const good: CheckResult = { ...said, name: 'good', title: 't', findings: [finding] }

describe('no user file makes a round unusable', () => {
  test('a need with a name of 20,001 characters', () => {
    const need = `binary:${'a'.repeat(20_001)}`
    const [check] = handOn({ ...good, name: 'bad', findings: [{ ...finding, need, message: need }] })
    expect(check?.state).toBe('missing')
    expect(check?.findings[0]?.need).toMatch(/^binary:a{1900,2000}… \(180\d\d more characters\)$/)
  })

  test('a command of 21,000 characters is whole', () => {
    const fix = `echo ${'x'.repeat(21_000)}`
    expect(handOn({ ...good, name: 'bad', fix })[0]?.fix).toBe(fix)
  })

  test('50 needs, each with a note of 480 characters, are whole', () => {
    const notes = Array.from({ length: 50 }, (_, number) => `# ${number} ${'note '.repeat(95)}`)
    const findings = notes.map((fix, number) => ({ ...finding, need: `binary:x${number}`, fix }))
    const check = { ...good, name: 'bad', fix: notes.join('\n'), findings }
    expect(handOn(check)).toEqual([check, good])
  })

  test('a fix of 500 such notes keeps whole notes up to the limit, and says how much is left out', () => {
    const notes = Array.from({ length: 500 }, (_, number) => `# ${number} ${'note '.repeat(95)}`)
    const lines = handOn({ ...good, name: 'bad', fix: notes.join('\n') })[0]?.fix?.split('\n') ?? []
    expect(lines.length).toBeGreaterThan(90)
    expect(lines.slice(0, -1)).toEqual(notes.slice(0, lines.length - 1))
    const left = notes.slice(lines.length - 1).join('\n').length
    expect(lines.at(-1)).toBe(`# … (${left} more characters)`)
  })

  test('half a command is never passed on', () => {
    const fix = `rm -rf /tmp/x && ${'y'.repeat(60_000)}`
    expect(handOn({ ...good, name: 'bad', fix })[0]?.fix).toBe(`# … (${fix.length} more characters)`)
  })

  test('a mistake of 20,001 characters', () => {
    writeRound(path, roundOf([good], { mistakes: [`x.yaml:1: kernelVersion: ${'9'.repeat(20_001)}`] }))
    expect(readGood().settings.mistakes).toEqual([
      expect.stringMatching(/^x\.yaml:1: kernelVersion: 9{400,}… \(\d+ more characters\)$/),
    ])
  })

  test('20,000 mistakes', () => {
    const mistakes = Array.from(
      { length: 20_000 },
      (_, number) => `x.yaml:${number}: has no kind of need in it`,
    )
    writeRound(path, roundOf([good], { mistakes }))
    expect(readGood().settings.mistakes).toEqual([...mistakes.slice(0, 20), 'and 19980 more'])
  })

  /** Both checks as the server has them. */
  function handOn(check: CheckResult): readonly CheckResult[] {
    writeRound(path, roundOf([check, good]))
    return readGood().checks
  }
})

describe('a forged round is not trusted', () => {
  const replaced = (from: string, to: string) => {
    writeRound(path, roundOf([{ ...good, name: 'bad' }, good]))
    const text = readFileSync(path, 'utf8')
    expect(text).toContain(from)
    writeFileSync(
      path,
      text.replace(from, () => to),
    )
  }

  test.each([
    ['a pause that a timer cannot take', '"reapply":600000', '"reapply":1e12'],
    ['no pause at all', '"reapply":600000', '"reapply":1e-9'],
    ['rounds that are never late', '"interval":60000', '"interval":1e300'],
    ['rounds that are always late', '"interval":60000', '"interval":4999'],
    ['more than a day of silence', '"unknownAfter":300000', '"unknownAfter":86400001'],
    ['a round that never ends', '"took":5', '"took":1e300'],
    ['a round that ended before it began', '"took":5', '"took":-1'],
    ['a boot clock of no machine', '"boot":1000', '"boot":1e300'],
    ['fewer than no places', '"watched":1', '"watched":-1'],
    ['half a place', '"watched":1', '"watched":0.5'],
    ['a check published twice', '"checks":["bad"]', '"checks":["bad","bad"]'],
    ['two checks that are one condition', '"checks":["bad"]', '"checks":["a1","a-1"]'],
    ['a version of 52 KB', '"v":1', `"v":"${'x'.repeat(52_000)}"`],
    ['a key of 52 KB', '"v":1', `"v":1,"${'x'.repeat(52_000)}":1`],
    ['a version of brackets', '"v":1', `"v":${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ])('%s: unusable as a whole, in few words', (_, from, to) => {
    replaced(from, to)
    const read = readRoundFile(path)
    expect('unusable' in read && read.unusable).toMatch(/^the round file (is invalid|has version unknown)/)
    expect('unusable' in read && read.unusable.length).toBeLessThanOrEqual(500)
  })

  test.each([
    ['a state with a reason that proves another', '"state":"missing"', '"state":"ready"'],
    ['a reason that is none', '"reason":"BinaryNotFound"', '"reason":"Hacked"'],
    ['a reason of each object', '"reason":"BinaryNotFound"', '"reason":"constructor"'],
    ['a text that is too long', '"title":"t"', `"title":"${'x'.repeat(2_001)}"`],
    ['a key of its own', '"title":"t"', '"title":"t","evil":true'],
    ['a finding that is none', '"findings":[{', '"findings":[7,{'],
    ['a negative count', '"findings":[{', '"omitted":-1,"findings":[{'],
    ['a source that is a script', '"title":"t"', '"title":"t","sources":["javascript:alert(1)"]'],
    [
      'a source with a line of its own',
      '"title":"t"',
      String.raw`"title":"t","sources":["https://x/\u2028y"]`,
    ],
    ['13 sources', '"title":"t"', `"title":"t","sources":${JSON.stringify(Array(13).fill('https://x/'))}`],
    ['no JSON', '"title":"t"', '"title":"t'],
  ])('%s: that check alone', (_, from, to) => {
    replaced(from, to)
    const { checks } = readGood()
    expect(checks[0]).toMatchObject({
      name: 'bad',
      state: 'unknown',
      reason: 'ResultUnusable',
      message: expect.stringMatching(/^the prober's result for this check is unusable: ./),
    })
    expect(checks.slice(1)).toEqual([good])
  })

  test('two checks with one name: neither counts', () => {
    replaced('"name":"good"', '"name":"bad"')
    const { checks } = readGood()
    expect(checks).toMatchObject([{ name: 'bad', state: 'unknown', reason: 'ResultUnusable' }])
  })

  test('a published check without its name does not vanish', () => {
    replaced('"name":"bad"', '"name":"../x"')
    expect(readGood().checks).toMatchObject([
      good,
      { name: 'bad', state: 'unknown', reason: 'ResultUnusable' },
    ])
  })

  test('no line of a check that is not ready reads "ready"', () => {
    replaced('"message":"m","fix"', String.raw`"message":"m\r\nready\u2028ready\u001b[2J","fix"`)
    const { report } = settle(null, readGood(), 'n')
    const [check] = report.checks
    expect(check?.message).toBe('m ready ready [2J')
    expect(check && renderGate(check, report).split('\n')).not.toContain('ready')
  })
})

function roundOf(checks: readonly CheckResult[], settings: Partial<Round['settings']> = {}): Round {
  return {
    v: 1,
    at: '2026-11-24T00:00:00.000Z',
    boot: 1000,
    took: 5,
    settings: settingsWith({ checks: ['bad'], ...settings }),
    host: { hostname: 'n', os: 'Debian', distro: 'debian', kernel: '6.1.0', arch: 'amd64', ...plainHost },
    probing: probingWith({ watched: 1, refused: 0 }),
    crashes: [],
    seen: [],
    fix: null,
    checks,
  }
}

function readGood(): Round {
  const read = readRoundFile(path)
  if ('unusable' in read) throw new Error(read.unusable)
  return read.round
}
