import { expect, test } from 'vitest'
import type { Finding, ReportCheck } from '#agent/model/report.ts'
import { causesOf, recommendedCauses } from '#agent/render/causes.ts'
import { makeReport } from '../http/report-fixture.ts'

test('each thing once, with the checks that want it: first those that have the need themselves', () => {
  const iscsi = missing('iscsiadm is not here')
  const included = { ...missing('open-iscsi: iscsiadm is not here'), kind: 'check', findings: [iscsi] }
  const checks = [check('longhorn', [included, missing('nfs is not here')]), check('open-iscsi', [iscsi])]
  expect(causesOf(checks, 'missing')).toEqual([
    { message: 'iscsiadm is not here', checks: ['open-iscsi', 'longhorn'] },
    { message: 'nfs is not here', checks: ['longhorn'] },
  ])
})

test('what is recommended, ready or of an alternative is not missing', () => {
  const anyOf = { ...missing('none of these: a; b'), kind: 'anyOf', findings: [missing('a'), missing('b')] }
  const findings = [anyOf, { ...missing('nice to have'), recommended: true }, finding('ready', 'is here')]
  expect(causesOf([check('c', findings)], 'missing')).toEqual([
    { message: 'none of these: a; b', checks: ['c'] },
  ])
})

test('a check whose findings were left out is told by its own message', () => {
  expect(causesOf([check('c', [])], 'missing')).toEqual([{ message: 'message of c', checks: ['c'] }])
  const included = { ...missing('inner: x (and 2 more)'), kind: 'check', findings: [], omitted: 3 }
  expect(causesOf([check('c', [included])], 'missing')).toEqual([
    { message: 'inner: x (and 2 more)', checks: ['c'] },
  ])
})

test('what is recommended comes also from an included check', () => {
  const nice = { ...missing('nice to have'), recommended: true }
  const usable = { reason: 'RecommendedMissing' as const, state: 'ready' as const }
  const included = { ...finding('ready', 'b: usable'), ...usable, kind: 'check', findings: [nice] }
  const checks = [
    { ...check('a', [included]), ...usable },
    { ...check('b', [nice]), ...usable },
  ]
  expect(recommendedCauses(checks)).toEqual([{ message: 'nice to have', checks: ['b', 'a'] }])
})

test('what is unknown for one reason is told once', () => {
  const findings = [finding('unknown', 'units cannot be checked')]
  const checks = ['a', 'b'].map((name) => ({ ...check(name, findings), state: 'unknown' as const }))
  expect(causesOf(checks, 'unknown')).toEqual([{ message: 'units cannot be checked', checks: ['a', 'b'] }])
})

function check(name: string, findings: readonly Finding[]): ReportCheck {
  const [base] = makeReport().checks
  if (base === undefined) throw new Error('the fixture has no check')
  return {
    ...base,
    name,
    findings,
    state: 'missing',
    reason: 'BinaryNotFound',
    message: `message of ${name}`,
  }
}

function missing(message: string): Finding {
  return finding('missing', message)
}

function finding(state: Finding['state'], message: string): Finding {
  const reason = 'BinaryNotFound'
  const rest = { evidence: [], why: '', fix: null, recommended: false }
  return { need: message, kind: 'binary', state, reason, message, ...rest }
}
