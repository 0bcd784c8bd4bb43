import { describe, expect, test } from 'vitest'
import { fixText } from '#agent/fixes/fix-text.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import type { Check } from '#agent/model/check.ts'
import type { Facts } from '#agent/model/facts.ts'
import { judge } from '#agent/model/judge.ts'
import type { Need } from '#agent/model/need.ts'
import { plainLine } from '#agent/model/plain.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import type { CheckResult } from '#agent/model/report.ts'

const ready = verdict('BinaryFound', { name: 'x', path: '/x' }, { evidence: ['/x'] })
const missing = verdict('BinaryNotFound', { name: 'x' })
const unknown = unanswered('x', { fate: 'timed-out', detail: 'after 5 s' })
const notApplicable = verdict('NotApplicable', { why: 'not here' })

function apt(packages: string): string {
  const settings = 'export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 NEEDRESTART_MODE=l'
  const options = '-o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold'
  return `${settings}\napt-get update; apt-get install -y ${packages} ${options}`
}

describe('a check is its worst required finding', () => {
  test.each([
    [[ready, ready], 'ready', 'AllReady'],
    [[ready, unknown], 'unknown', 'DeadlineExceeded'],
    [[unknown, missing, ready], 'missing', 'BinaryNotFound'],
    [[ready, notApplicable], 'ready', 'AllReady'],
    [[notApplicable, notApplicable], 'not-applicable', 'NotApplicable'],
    [[notApplicable, unknown], 'unknown', 'DeadlineExceeded'],
  ])('%#', (verdicts, state, reason) => {
    expect(judgeOne(verdicts.map(need))).toMatchObject({ state, reason })
  })

  test('says how many more are missing', () => {
    const other = verdict('BinaryNotFound', { name: 'y' })
    expect(judgeOne([need(missing), need(other, 1)]).message).toMatch(/\(and 1 more\)$/)
    expect(judgeOne([need(missing), need(missing, 1)]).message).not.toContain('more')
  })
})

describe('a recommended need never changes the state', () => {
  const recommended = (said: Verdict): Need => ({ ...need(said, 9), recommended: true })
  test.each([
    [[need(ready), recommended(missing)], 'ready', 'RecommendedMissing'],
    [[need(ready), recommended(unknown)], 'ready', 'RecommendedUnknown'],
    [[need(missing), recommended(ready)], 'missing', 'BinaryNotFound'],
    [[recommended(missing)], 'ready', 'RecommendedMissing'],
    [[recommended(notApplicable)], 'not-applicable', 'NotApplicable'],
    [[need(notApplicable), recommended(missing)], 'not-applicable', 'NotApplicable'],
  ])('%#', (needs, state, reason) => {
    expect(judgeOne(needs)).toMatchObject({ state, reason })
  })
})

describe('anyOf', () => {
  test.each([
    [[missing, ready], 'ready', 'AllReady'],
    [[missing, missing], 'missing', 'AnyOfMissing'],
    [[missing, unknown], 'unknown', 'DeadlineExceeded'],
    [[unknown, ready], 'ready', 'AllReady'],
    [[missing, notApplicable], 'missing', 'AnyOfMissing'],
    [[notApplicable], 'not-applicable', 'NotApplicable'],
  ])('%#', (verdicts, state, reason) => {
    expect(judgeOne([anyOf(verdicts.map(need))])).toMatchObject({ state, reason })
  })

  test('with many alternatives the message lists the first few, the findings all', () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((message, index) =>
      need({ ...missing, message: plainLine(message) }, index),
    )
    const said = judgeOne([anyOf(many)])
    expect(said.message).toBe('none of these: a; b; c; d; and 2 more')
    expect(said.findings[0]?.findings).toHaveLength(6)
    expect(judgeOne([anyOf(many.slice(1))]).message).toBe('none of these: b; c; d; e; f')
  })

  test('the fix is that of the first alternative that has one', () => {
    const first = { ...need(missing, 1), fix: { all: { packages: ['one'] } } }
    const second = { ...need(missing, 2), fix: { all: { packages: ['two'] } } }
    expect(judgeOne([anyOf([first, second])]).fix).toBe(apt('one'))
    const told = { ...first, fix: { all: { note: 'another kernel' } } }
    expect(judgeOne([anyOf([told, second])]).fix).toBe(apt('two'))
    expect(judgeOne([anyOf([told])]).fix).toBe('# another kernel')
    expect(judgeOne([anyOf([need(missing), told])]).fix).toBe('# another kernel')
    const common = (distro: string) => ({ ...anyOf([first]), fix: { [distro]: { packages: ['common'] } } })
    expect(judgeOne([common('debian')]).fix).toBe(apt('common'))
    expect(judgeOne([common('alpine')]).fix).toBe(apt('one'))
  })
})

describe('an included check', () => {
  const inner = check('inner', [need(missing)], { all: { packages: ['inner-tool'] } })

  test('passes on its state, reason, message and fix', () => {
    const [outer] = judgeAll([check('outer', [taking('inner')]), inner])
    expect(outer).toMatchObject({ state: 'missing', reason: 'BinaryNotFound' })
    expect(outer?.message).toContain('inner: ')
    expect(outer?.fix).toContain('inner-tool')
    expect(outer?.findings[0]?.findings).toHaveLength(1)
  })

  test('says only once how many more are missing', () => {
    const several = check('several', [
      need(missing, 1),
      need({ ...missing, message: plainLine('another') }, 2),
    ])
    const [outer] = judgeAll([check('outer', [taking('several'), need(missing)]), several])
    expect(outer?.message).toBe(`several: ${missing.message} (and 2 more)`)
  })

  test('the packages of several are one command, none of them twice', () => {
    const other = check('other', [need(missing)], { all: { packages: ['b', 'inner-tool'] } })
    const [outer] = judgeAll([check('outer', [taking('inner'), taking('other')]), inner, other])
    expect(outer?.fix).toBe(apt('inner-tool b'))
  })

  test('what it only recommends stays known', () => {
    const soft = check('soft', [{ ...need(missing), recommended: true }])
    const [outer] = judgeAll([check('outer', [taking('soft')]), soft])
    expect(outer).toMatchObject({ state: 'ready', reason: 'RecommendedMissing' })
  })

  test('one that is not in the catalog is unknown, not missing', () => {
    expect(judgeOne([taking('nowhere')]).state).toBe('unknown')
  })
})

describe('fixes', () => {
  test('where the machine lacks a part nothing else is printed, unless it is only recommended', () => {
    const card = verdict('PciDeviceNotFound', { pci: '10de' })
    const lacking = { ...need(card, 1), fix: { all: { note: 'No card.' } } }
    const driver = { ...need(missing, 2), fix: { all: { packages: ['driver'] } } }
    expect(judgeOne([driver, lacking]).fix).toBe('# No card.')
    expect(judgeOne([driver, { ...lacking, recommended: true }]).fix).toBe(apt('driver'))
    const inner = check('inner', [driver, lacking])
    const [outer] = judgeAll([
      check('outer', [taking('inner'), need(missing)], { all: { packages: ['other'] } }),
      inner,
    ])
    expect(outer?.fix).not.toContain('driver')
  })

  test('the fix of the exact reason wins over the check file', () => {
    const masked = verdict(
      'UnitMasked',
      { unit: 'a.service' },
      { fix: { run: ['systemctl unmask a.service'] } },
    )
    const [result] = judgeAll([check('c', [need(masked)], { all: { packages: ['a'] } })])
    expect(result?.fix).toBe('systemctl unmask a.service')
  })

  test('the fix of the need wins over that of the check, where it has one for this host', () => {
    const own = { ...need(missing), fix: { alpine: { packages: ['no'] }, debian: { packages: ['own'] } } }
    expect(judgeAll([check('c', [own], { all: { packages: ['all'] } })])[0]?.fix).toContain('own')
    const foreign = { ...need(missing), fix: { alpine: { packages: ['no'] } } }
    expect(judgeAll([check('c', [foreign], { all: { packages: ['all'] } })])[0]?.fix).toContain(
      'install -y all',
    )
  })

  describe("a kind's generic fix", () => {
    const active = verdict('UnitActive', { unit: 'a.service' }, { genericFix: { run: ['systemctl stop a'] } })
    const careful = { debian: { note: 'Look twice.', run: ['a --drain'] } }
    const fixOf = (needs: Need[], fix: Check['fix'] = null) => judgeAll([check('c', needs, fix)])[0]?.fix

    test('gives way to what the file writes for that need', () => {
      expect(fixOf([{ ...need(active), fix: careful }])).toBe('# Look twice.\na --drain')
      expect(fixOf([{ ...need(active), fix: { alpine: { run: ['no'] } } }])).toBe('systemctl stop a')
    })

    test('gives way to the fix of a check that has no other need', () => {
      expect(fixOf([need(active)], careful)).toBe('# Look twice.\na --drain')
      expect(fixOf([anyOf([need(active)])], careful)).toBe('# Look twice.\na --drain')
    })

    test('comes before the fix of a check with several, which may be for another', () => {
      expect(fixOf([need(active), need(ready, 1)], careful)).toBe('systemctl stop a')
    })

    test('gives way to the file, unlike the fix of an exact reason', () => {
      const masked = verdict('UnitMasked', { unit: 'a' }, { fix: { run: ['systemctl unmask a'] } })
      expect(fixOf([{ ...need(masked), fix: careful }])).toBe('systemctl unmask a')
    })
  })

  test("while something required is missing, the check's fix has nothing that is only recommended", () => {
    const soft = { ...need(missing, 1), recommended: true, fix: { all: { packages: ['soft'] } } }
    const hard = { ...need(missing, 2), fix: { all: { packages: ['hard'] } } }
    const fixOf = (needs: Need[]) => judgeAll([check('c', needs)])[0]?.fix
    expect(fixOf([soft, hard])).toContain('install -y hard')
    expect(fixOf([soft, hard])).not.toContain('soft')
    expect(fixOf([soft, need(ready)])).toContain('install -y soft')
    const [outer] = judgeAll([check('outer', [taking('inner'), hard]), check('inner', [soft, need(ready)])])
    expect(outer?.fix).not.toContain('soft')
  })

  test('only what is known to be missing gets a fix', () => {
    expect(judgeAll([check('c', [need(unknown)], { all: { packages: ['a'] } })])[0]?.fix).toBeNull()
  })

  test('when a new image waits for its boot, the fix is the boot', () => {
    const facts = { ...debian, reboot: { type: 'image', path: '/run/ostree/staged-deployment' } } as const
    const [result] = judgeAll([check('c', [need(missing)], { all: { packages: ['a'] } })], facts)
    expect(result).toMatchObject({ state: 'missing', reason: 'RebootRequired', fix: 'systemctl reboot' })
  })
})

describe('two checks that want opposite things', () => {
  const against = (name: string, one: Need): Need => ({
    ...one,
    conflicts: { [name]: `Part it from ${name}.` },
  })
  const runs = verdict('UnitActive', { unit: 'd.service' }, { genericFix: { run: ['systemctl stop d'] } })
  const stopped = verdict('UnitInactive', { unit: 'd.service', state: 'dead' }, { fix: { run: ['start d'] } })
  const off = (said: Verdict) => check('off', [against('on', need(said))])
  const on = (said: Verdict) => check('on', [against('off', need(said))])
  const san = check('san', [taking('on')])
  const judgeBoth = (checks: readonly Check[], published: readonly string[] = []) => {
    const publishedBy = (name: string) =>
      published.filter((one) => one === name || (one === 'san' && name === 'on'))
    const asked = { facts: debian, answers: collectAnswers([]), unreachable: null, publishedBy, fixText }
    return judge(checks, asked)
  }

  test('published: a conflict, under the published name, without a command', () => {
    const [told] = judgeBoth([off(runs), on(ready), san], ['san'])
    expect(told).toMatchObject({
      state: 'missing',
      reason: 'Conflict',
      message: 'conflicts with san (on) on this node: d.service is active, and should be inactive',
      fix: '# san (on) wants the opposite on this node, so no command is given. Part it from on.',
    })
  })

  test('both published: neither gets a command, whichever is missing', () => {
    const both = ['off', 'on']
    for (const told of [
      judgeBoth([off(runs), on(ready)], both)[0],
      judgeBoth([on(stopped), off(ready)], both)[0],
    ]) {
      expect(told?.reason).toBe('Conflict')
      expect(told?.fix?.split('\n').every((line) => line.startsWith('# '))).toBe(true)
    }
  })

  test('published, but not asked now', () => {
    expect(judgeBoth([off(runs)], ['on'])[0]?.reason).toBe('Conflict')
  })

  test('not published, but running: the command becomes a note with its condition', () => {
    const [told] = judgeBoth([off(runs), on(ready)])
    expect(told).toMatchObject({
      reason: 'Conflict',
      message: 'conflicts with on, which is ready on this node: d.service is active, and should be inactive',
    })
    expect(told?.fix?.split('\n')).toEqual([
      '# on wants the opposite, and is ready on this node. Part it from on.',
      '# Only where nothing on this node needs on:',
      '# systemctl stop d',
    ])
  })

  test('that nothing runs proves no conflict: the command stays, under a note', () => {
    const [told] = judgeBoth([on(stopped), off(ready)])
    expect(told).toMatchObject({ reason: 'UnitInactive', message: stopped.message })
    expect(told?.fix).toBe('# off wants the opposite. Part it from off.\nstart d')
  })

  test('alternatives: decided by the reasons of all of them', () => {
    const either = check('off', [against('on', anyOf([need(runs), need(missing, 1)]))])
    expect(judgeBoth([either, on(ready)])[0]).toMatchObject({ reason: 'Conflict' })
    expect(judgeBoth([either, on(ready)], ['on'])[0]?.fix).not.toContain('systemctl')
  })

  test.each([
    ['nobody wants the opposite', [off(runs)], []],
    ['its wish is unknown', [off(runs), on(unknown)], []],
    ['it does not apply here', [off(runs), on(notApplicable)], ['on']],
  ])('no conflict: %s', (_, checks, published) => {
    expect(judgeBoth(checks, published)[0]).toMatchObject({ reason: 'UnitActive', fix: 'systemctl stop d' })
  })

  test('a met need is no conflict, even if the opposite is published', () => {
    expect(judgeBoth([on(ready), off(runs)], ['on', 'off'])[0]).toMatchObject({ state: 'ready', fix: null })
  })

  test('a reboot undoes nothing', () => {
    const facts = { ...debian, reboot: { type: 'image', path: '/run/ostree/staged-deployment' } } as const
    const asked = {
      facts,
      answers: collectAnswers([]),
      unreachable: null,
      publishedBy: () => ['off'],
      fixText,
    }
    const absent = verdict('UnitNotFound', { units: ['d.service'] })
    expect(judge([on(absent)], asked)[0]).toMatchObject({ reason: 'RebootRequired' })
  })
})

test('a host that cannot be asked makes every finding unknown for that one reason', () => {
  const asked = { facts: debian, answers: collectAnswers([]), publishedBy: () => [], fixText }
  const unreachable = { fate: 'denied', detail: 'Permission denied' } as const
  const [result] = judge([check('c', [need(missing), anyOf([need(missing, 1)])])], { ...asked, unreachable })
  expect(result?.findings.map((finding) => finding.reason)).toEqual(['HostNotReachable', 'HostNotReachable'])
})

const debian: Facts = {
  hostname: 'n',
  distro: { id: 'debian', like: [], version: '12', variant: null, name: 'Debian 12' },
  family: 'debian',
  installer: 'apt-get',
  imageBased: null,
  container: null,
  kernel: '6.1.0',
  arch: 'amd64',
  now: 0,
  init: { type: 'systemd' },
  packages: 'dpkg',
  reboot: null,
}

function judgeOne(needs: readonly Need[]): CheckResult {
  const [result] = judgeAll([check('c', needs)])
  if (result === undefined) throw new Error('no result')
  return result
}

function judgeAll(checks: readonly Check[], facts = debian): CheckResult[] {
  const publishedBy = () => []
  return judge(checks, { facts, answers: collectAnswers([]), unreachable: null, publishedBy, fixText })
}

function check(name: string, needs: readonly Need[], fix: Check['fix'] = null): Check {
  return {
    name,
    title: name,
    why: 'why',
    aliases: [],
    needs,
    fix,
    symptoms: [],
    sources: [],
    images: [],
    containers: [],
    drivers: [],
    origin: 'shipped',
  }
}

const common = {
  recommended: false,
  why: null,
  source: null,
  unverified: null,
  fix: null,
  when: {},
  conflicts: {},
  applies: () => null,
  place: { file: 'f', line: 1 },
}

function need(said: Verdict, index = 0): Need {
  return {
    ...common,
    type: 'host',
    id: `binary:${index}`,
    genericFix: () => null,
    sysctl: null,
    nextBoot: null,
    lint: () => [],
    kind: 'binary',
    questions: () => [],
    judge: () => said,
  }
}

function anyOf(needs: readonly Need[]): Need {
  return { ...common, type: 'anyOf', id: 'anyOf', needs }
}

function taking(name: string): Need {
  return { ...common, type: 'check', id: `check:${name}`, check: name }
}
