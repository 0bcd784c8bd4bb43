import { describe, expect, test } from 'vitest'
import type { NodeView } from '#agent/node/node-api.ts'
import type { CheckResult, Round } from '#agent/model/report.ts'
import { settle } from '#agent/model/settle.ts'
import type { Settled } from '#agent/model/settle.ts'
import { shownConditions } from '#agent/model/state.ts'
import type { State } from '#agent/model/state.ts'
import { restoreSettled } from '#agent/publish/restore.ts'
import { renderNodePatch } from '#agent/node/patch.ts'
import { probingWith, settingsWith } from '../model/settings.ts'
import { plainHost } from '../model/host-facts.ts'

const settings = settingsWith({ checks: ['a', 'b', 'c'] })
const start = { settings, now: new Date(100_000), boot: 100_000 }
/** One that proves each state. */
const reasons = {
  ready: 'AllReady',
  missing: 'BinaryNotFound',
  unknown: 'DeadlineExceeded',
  'not-applicable': 'NotApplicable',
} as const
const states = { a: 'ready', b: 'missing', c: 'unknown' } as const

describe.each(shownConditions)('with %s of the conditions, after a restart', (conditions) => {
  const publish = { ...settings.publish, conditions }
  const roundOf = (second: number, of: Record<string, State>, changes = {}) => ({
    ...round(second, of),
    settings: { ...settings, publish: { ...publish, ...changes } },
  })
  const every = { ...states, d: 'not-applicable' } as const
  const restart = { ...start, settings: { ...settings, checks: [...settings.checks, 'd'] } }

  test.each([{ labels: true }, { labels: false }])('the same round gives the same patch: %o', (switched) => {
    const first = patchOf(settle(null, roundOf(0, every, switched), 'node-1'), [], 0)
    const after = settle(restoreSettled(viewOf(first), restart), roundOf(100, every, switched), 'node-1')
    expect(patchOf(after, first.status.conditions, 100)).toEqual(first)
  })

  test('a condition that the new config shows is as old as the state', () => {
    const first = patchOf(settle(null, roundOf(0, every), 'node-1'), [], 0)
    const changed = roundOf(100, every, { conditions: 'all' })
    const after = settle(restoreSettled(viewOf(first), restart), changed, 'node-1')
    const times = patchOf(after, first.status.conditions, 100).status.conditions
    expect(times.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual(
      times.map(() => '1970-01-01T00:00:00Z'),
    )
  })

  test('what was missing without an answer since then keeps its reason', () => {
    const first = patchOf(settle(null, roundOf(0, { b: 'missing' }), 'node-1'), [], 0)
    const silent = roundOf(100, { b: 'unknown' })
    const { published } =
      settle(restoreSettled(viewOf(first), restart), silent, 'node-1').report.checks[0] ?? {}
    expect(published).toMatchObject({ state: 'missing', reason: 'BinaryNotFound' })
  })
})

test('without the annotation the times are those of the conditions', () => {
  const first = patchOf(settle(null, round(0, states), 'node-1'), [], 0)
  const restored = restoreSettled({ ...viewOf(first), report: null }, start)
  const after = patchOf(settle(restored, round(100, states), 'node-1'), first.status.conditions, 100)
  expect(after.status).toEqual(first.status)
})

test('no false recovery, and no false fall: what was ready is missing only when two rounds agree', () => {
  const first = patchOf(settle(null, round(0, states), 'node-1'), [], 0)
  const restored = restoreSettled(viewOf(first), start)
  const once = settle(restored, round(100, { ...states, a: 'missing' }), 'node-1')
  expect(toldOf(once)).toEqual(['ready', 'missing', 'unknown'])
  expect(toldOf(settle(once, round(111, { ...states, a: 'missing' }), 'node-1'))).toEqual([
    'missing',
    'missing',
    'unknown',
  ])
})

test('when labels are switched off, the state comes from the conditions', () => {
  const first = patchOf(settle(null, round(0, states), 'node-1'), [], 0)
  const restored = restoreSettled({ ...viewOf(first), labels: {} }, start)
  expect(toldOf(restored)).toEqual(['ready', 'missing', 'unknown'])
  const once = settle(restored, round(100, { ...states, a: 'missing' }), 'node-1')
  expect(toldOf(once)).toEqual(['ready', 'missing', 'unknown'])
})

test('what the Node does not say, or what is not ours, starts fresh', () => {
  const restored = restoreSettled(
    { name: 'node-1', uid: '1', labels: { 'hostdeps.dev/a': 'nonsense' }, conditions: [], report: null },
    start,
  )
  expect(restored.memory.size).toBe(0)
})

function toldOf({ report }: Settled): State[] {
  return report.checks.map((check) => check.published.state)
}

function patchOf({ report }: Settled, before: NodeView['conditions'], second: number) {
  return renderNodePatch(report, { before, now: new Date(second * 1000) })
}

function viewOf({ metadata, status }: ReturnType<typeof patchOf>): NodeView {
  const report = metadata.annotations['hostdeps.dev/report'] ?? null
  return { name: 'node-1', uid: 'uid-1', labels: metadata.labels, conditions: status.conditions, report }
}

function round(second: number, of: Record<string, State>): Round {
  const checks = Object.entries(of).map(([name, state]): CheckResult => {
    const said = { state, reason: reasons[state], message: 'm', why: 'w', fix: null } as const
    const finding = { ...said, need: 'binary:x', kind: 'binary', evidence: [], recommended: false }
    return { ...said, name, title: name, findings: [finding] }
  })
  const host = { hostname: null, os: 'os', distro: 'debian', kernel: '6.1', arch: 'amd64', ...plainHost }
  const probing = probingWith()
  return {
    v: 1,
    at: new Date(second * 1000 + 123).toISOString(),
    boot: second * 1000,
    took: 1,
    settings,
    host,
    probing,
    crashes: [],
    seen: [],
    fix: null,
    checks,
  }
}
