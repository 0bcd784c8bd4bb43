import { expect, test } from 'vitest'
import { accuse, pointersOf } from '#agent/crashes/accuse.ts'
import { seeNeeds } from '#agent/crashes/missing-needs.ts'
import type { NeedsSeen } from '#agent/crashes/missing-needs.ts'
import type { CheckResult, Finding } from '#agent/model/report.ts'
import type { State } from '#agent/model/state.ts'
import type { Hit } from '#agent/symptoms/hit.ts'

const words = { why: 'w', reason: 'BinaryNotFound', message: 'm', fix: null, evidence: [] } as const

function finding(need: string, state: State, others: Partial<Finding> = {}): Finding {
  return { ...words, need, kind: need.replace(/:.*/, ''), state, recommended: false, ...others }
}

function result(name: string, findings: readonly Finding[]): CheckResult {
  const isMissing = findings.some(({ state }) => state === 'missing')
  return { ...words, name, title: name, state: isMissing ? 'missing' : 'ready', findings }
}

function needs(...results: CheckResult[]): NeedsSeen {
  return seeNeeds(new Map(), results, 1_000)
}

const iscsi = result('open-iscsi', [
  finding('unit:iscsid', 'ready'),
  finding('file:/etc/iscsi', 'missing', { recommended: true }),
  finding('binary:iscsiadm', 'missing'),
])

test('a need that a line names is accused, of another need of the check not', () => {
  const seen = needs(iscsi)
  const accused = { check: 'open-iscsi', need: 'binary:iscsiadm' }
  expect(accuse([accused], seen, 2_000)).toEqual(accused)
  expect(accuse([{ check: 'open-iscsi', need: 'unit:iscsid' }], seen, 2_000)).toBeNull()
  expect(accuse([{ check: 'other', need: 'binary:iscsiadm' }], seen, 2_000)).toBeNull()
  expect(accuse([accused], seen, 1_000)).toBeNull()
})

test('where a line names none, the first required one that is missing; included checks are followed', () => {
  const longhorn = result('longhorn', [
    finding('kernelVersion:>=5.8', 'ready'),
    finding('check:open-iscsi', 'missing'),
  ])
  const accused = { check: 'open-iscsi', need: 'binary:iscsiadm' }
  expect(accuse([{ check: 'longhorn', need: null }], needs(longhorn, iscsi), 2_000)).toEqual(accused)
  expect(accuse([{ check: 'longhorn', need: null }], needs(longhorn), 2_000)).toBeNull()
})

test('the best pointer whose need is missing counts', () => {
  const pointers = [
    { check: 'open-iscsi', need: 'unit:iscsid' },
    { check: 'open-iscsi', need: 'binary:iscsiadm' },
    { check: 'open-iscsi', need: 'file:/etc/iscsi' },
  ]
  expect(accuse(pointers, needs(iscsi), 2_000)).toEqual(pointers[1])
})

test('an alternative is missing only where all of them are', () => {
  const parts = [finding('binary:mount.nfs', 'missing'), finding('binary:mount.nfs4', 'missing')]
  const pointer = { check: 'nfs', need: 'binary:mount.nfs' }
  for (const [state, accused] of [
    ['missing', pointer],
    ['ready', null],
    ['unknown', null],
  ] as const) {
    const nfs = result('nfs', [finding('anyOf:1', state, { kind: 'anyOf', findings: parts })])
    expect(accuse([pointer], needs(nfs), 2_000)).toEqual(accused)
  }
})

test('an alternative of what is in doubt is in doubt itself', () => {
  const parts = [finding('binary:mount.nfs', 'missing'), finding('binary:mount.nfs4', 'unknown')]
  const nfs = result('nfs', [finding('anyOf:1', 'unknown', { kind: 'anyOf', findings: parts })])
  expect(needs(nfs).get('nfs')?.get('binary:mount.nfs')?.finding.state).toBe('unknown')
})

test('since when a need is missing outlives doubt, but not being ready', () => {
  const at = (state: State) => [result('nfs', [finding('binary:mount.nfs', state)])]
  const since = (states: readonly State[]) => {
    let seen: NeedsSeen = new Map()
    for (const [index, state] of states.entries()) seen = seeNeeds(seen, at(state), (index + 1) * 1_000)
    return seen.get('nfs')?.get('binary:mount.nfs')?.missingSince
  }
  expect(since(['ready', 'missing', 'missing'])).toBe(2_000)
  expect(since(['missing', 'unknown', 'missing'])).toBe(1_000)
  expect(since(['missing', 'ready', 'missing'])).toBe(3_000)
  expect(since(['missing', 'not-applicable', 'missing'])).toBe(3_000)
  expect(since(['missing', 'ready'])).toBeUndefined()
  expect(since(['unknown'])).toBeNull()
})

test('a line that may be about the image, one that another contradicts and one of no check point nowhere', () => {
  const hit: Hit = {
    check: 'open-iscsi',
    need: 'binary:iscsiadm',
    means: 'm',
    source: null,
    line: 1,
    text: 'secret',
    times: 1,
    subject: null,
    confidence: 'certain',
    doubt: null,
  }
  const pointer = { check: 'open-iscsi', need: 'binary:iscsiadm' }
  expect(pointersOf([hit])).toEqual([pointer])
  expect(pointersOf([{ ...hit, confidence: 'likely' }])).toEqual([pointer])
  expect(pointersOf([{ ...hit, confidence: 'possible' }])).toEqual([])
  expect(pointersOf([{ ...hit, doubt: { line: 2, text: 'secret' } }])).toEqual([])
  expect(pointersOf([{ ...hit, check: null }])).toEqual([])
  expect(pointersOf([{ ...hit, line: 0 }])).toEqual([])
})
