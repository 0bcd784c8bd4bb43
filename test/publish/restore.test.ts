import { expect, test } from 'vitest'
import type { NodeView } from '#agent/node/node-api.ts'
import type { CheckResult, Round } from '#agent/model/report.ts'
import { settle } from '#agent/model/settle.ts'
import type { Settled } from '#agent/model/settle.ts'
import type { State } from '#agent/model/state.ts'
import { restoreSettled } from '#agent/publish/restore.ts'
import { renderNodePatch } from '#agent/node/patch.ts'
import { probingWith, settingsWith } from '../model/settings.ts'
import { plainHost } from '../model/host-facts.ts'

const settings = settingsWith({ checks: ['a', 'b', 'c'] })
const start = { settings, now: new Date(100_000), boot: 100_000 }
const states = { a: 'ready', b: 'missing', c: 'unknown' } as const

test('after a restart the same round gives the same patch: no write, no new time', () => {
  const before = settle(null, round(0, states), 'node-1')
  const first = patchOf(before, [], 0)
  const after = settle(restoreSettled(viewOf(first), start), round(100, states), 'node-1')
  expect(patchOf(after, first.status.conditions, 100)).toEqual(first)
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
    const said = { state, reason: 'BinaryNotFound', message: 'm', why: 'w', fix: null } as const
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
