import { describe, expect, test } from 'vitest'
import type { Report, ReportCheck, Published } from '#agent/model/report.ts'
import { noChanges } from '#agent/model/settle.ts'
import { states } from '#agent/model/state.ts'
import type { ShownConditions } from '#agent/model/state.ts'
import { renderNodePatch } from '#agent/node/patch.ts'
import type { PatchOptions } from '#agent/node/patch.ts'
import { probingWith, settingsWith } from '../model/settings.ts'
import { plainHost } from '../model/host-facts.ts'

const now = new Date('2026-11-24T10:00:00.500Z')
const later = new Date('2026-11-24T11:00:00Z')

test('label, condition and annotation of a check that is missing', () => {
  const patch = renderNodePatch(report([check('open-iscsi', missing)]), { before: [], now })
  expect(patch.metadata.name).toBe('node-1')
  expect(patch.metadata.labels).toEqual({ 'hostdeps.dev/open-iscsi': 'missing' })
  expect(patch.status.conditions).toEqual([
    {
      type: 'hostdeps.dev/OpenIscsiReady',
      status: 'False',
      reason: 'BinaryNotFound',
      message:
        "iscsiadm is not on the host's PATH. Fix: apt-get install -y open-iscsi && systemctl enable --now iscsid",
      lastTransitionTime: '2026-11-24T09:00:00Z',
      lastHeartbeatTime: '2026-11-24T10:00:00Z',
    },
  ])
  expect(JSON.parse(patch.metadata.annotations['hostdeps.dev/report'] ?? '')).toEqual({
    v: 2,
    host: {
      distro: 'debian',
      version: '12',
      family: 'debian',
      installer: 'apt-get',
      imageBased: null,
      kernel: '6.1',
      arch: 'amd64',
      container: null,
    },
    checks: [
      {
        check: 'open-iscsi',
        state: 'missing',
        since: '2026-11-24T09:00:00Z',
        was: 'ready',
        needs: [{ id: 'binary:iscsiadm', reason: 'BinaryNotFound' }],
      },
    ],
    omitted: 0,
  })
})

test.each([
  ['ready', 'True'],
  ['not-applicable', 'True'],
  ['missing', 'False'],
  ['unknown', 'Unknown'],
] as const)('%s is %s', (state, status) => {
  const patch = renderNodePatch(report([check('a', { ...missing, state })]), { before: [], now })
  expect(patch.status.conditions[0]?.status).toBe(status)
})

describe('the same report again', () => {
  const first = renderNodePatch(report([check('a', missing)]), { before: [], now })
  const before = first.status.conditions

  test('is the same patch, at any later time', () => {
    expect(renderNodePatch(report([check('a', missing)]), { before, now: later })).toEqual(first)
  })

  test('with another message changes only the heartbeat', () => {
    const [condition] = renderNodePatch(report([check('a', { ...missing, message: 'other' })]), {
      before,
      now: later,
    }).status.conditions
    expect(condition).toMatchObject({
      lastTransitionTime: '2026-11-24T09:00:00Z',
      lastHeartbeatTime: '2026-11-24T11:00:00Z',
    })
  })

  test('from ready to not-applicable is no transition of the condition', () => {
    const ready = renderNodePatch(report([check('a', { ...missing, state: 'ready' })]), { before: [], now })
    const next = report([check('a', { ...missing, state: 'not-applicable', since: later.toISOString() })])
    expect(
      renderNodePatch(next, { before: ready.status.conditions, now: later }).status.conditions[0]
        ?.lastTransitionTime,
    ).toBe('2026-11-24T09:00:00Z')
  })
})

describe('which checks have a condition', () => {
  const each = states.map((state) => check(state, { ...missing, state }))
  const settings = (conditions: ShownConditions) => {
    const { publish } = settingsWith()
    return settingsWith({ publish: { ...publish, conditions } })
  }
  const patchOf = (conditions: ShownConditions, options: Partial<PatchOptions> = {}) =>
    renderNodePatch({ ...report(each), settings: settings(conditions) }, { before: [], now, ...options })

  test.each([
    ['all', ['MissingReady', 'UnknownReady', 'ReadyReady', 'NotApplicableReady']],
    ['problems', ['MissingReady', 'UnknownReady']],
    ['none', []],
  ] as const)('%s', (shown, types) => {
    const { metadata, status } = patchOf(shown)
    expect(status.conditions.map(({ type }) => type)).toEqual(types.map((type) => `hostdeps.dev/${type}`))
    expect(metadata).toEqual(patchOf('all').metadata)
  })

  test('one that comes is as old as the state, and then stays as it is', () => {
    const [came] = patchOf('problems').status.conditions
    expect(came).toMatchObject({
      lastTransitionTime: '2026-11-24T09:00:00Z',
      lastHeartbeatTime: '2026-11-24T10:00:00Z',
    })
    const before = patchOf('problems').status.conditions
    expect(patchOf('problems', { before, now: later }).status.conditions[0]).toEqual(came)
  })
})

test('what is not published is not on the Node', () => {
  const patch = renderNodePatch(report([{ ...check('a', missing), isPublished: false }]), { before: [], now })
  expect([patch.metadata.labels, patch.status.conditions]).toEqual([{}, []])
})

test.each<[string, Partial<Published>, string]>([
  [
    'notes are no commands',
    { fix: '# Reboot soon.\napt-get install x' },
    "iscsiadm is not on the host's PATH. Fix: apt-get install x",
  ],
  ['notes alone', { fix: '# Add the extension.' }, "iscsiadm is not on the host's PATH. Add the extension."],
  ['no fix', { fix: null }, "iscsiadm is not on the host's PATH"],
  [
    'a command is whole or not there',
    { message: 'm'.repeat(200), fix: `apt-get install x\n${'y'.repeat(60)}` },
    `${'m'.repeat(200)}. Fix: apt-get install x ...`,
  ],
  ['a message that is too long by itself', { message: 'm'.repeat(300), fix: 'x' }, `${'m'.repeat(253)}...`],
])('the message of a condition: %s', (_, published, message) => {
  const patch = renderNodePatch(report([check('a', { ...missing, ...published })]), { before: [], now })
  expect(patch.status.conditions[0]?.message).toBe(message)
})

test('64 checks fit the annotation, cut between checks and with a count', () => {
  const many = Array.from({ length: 64 }, (_, index) =>
    check(`a-rather-long-name-of-a-check-${index}`, missing),
  )
  const text =
    renderNodePatch(report(many), { before: [], now }).metadata.annotations['hostdeps.dev/report'] ?? ''
  const { checks, omitted } = JSON.parse(text)
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096)
  expect(checks.length + omitted).toBe(64)
  expect(omitted).toBeGreaterThan(0)
})

const missing: Published = {
  state: 'missing',
  since: '2026-11-24T09:00:00.123Z',
  reason: 'BinaryNotFound',
  message: "iscsiadm is not on the host's PATH",
  fix: 'apt-get install -y open-iscsi\nsystemctl enable --now iscsid',
  was: 'ready',
  needs: [{ id: 'binary:iscsiadm', reason: 'BinaryNotFound' }],
}

function check(name: string, published: Published): ReportCheck {
  const { state, reason, message, fix, since } = published
  return {
    name,
    title: name,
    why: '',
    state,
    reason,
    message,
    fix,
    since,
    findings: [],
    isPublished: true,
    published,
    pending: null,
    changes: 0,
    changesTo: noChanges,
    flaps: 0,
  }
}

function report(checks: ReportCheck[]): Report {
  const host = { hostname: null, os: 'Debian', distro: 'debian', kernel: '6.1', arch: 'amd64', ...plainHost }
  return {
    v: 1,
    node: 'node-1',
    settings: settingsWith(),
    at: now.toISOString(),
    took: 1,
    host,
    probing: probingWith(),
    crashes: [],
    seen: [],
    fix: null,
    checks,
  }
}
