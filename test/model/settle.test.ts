import { expect, test } from 'vitest'
import type { CheckResult, Finding, Round } from '#agent/model/report.ts'
import type { State } from '#agent/model/state.ts'
import type { Reason } from '#agent/model/reason.ts'
import { noChanges, settle } from '#agent/model/settle.ts'
import type { Settled } from '#agent/model/settle.ts'
import { probingWith, settingsWith } from './settings.ts'
import { plainHost } from './host-facts.ts'

const cases: { title: string; rounds: [second: number, state: State, reason?: Reason][]; told: string[] }[] =
  [
    { title: 'the first round is believed', rounds: [[0, 'missing']], told: ['missing/missing'] },
    {
      title: 'to ready at once',
      rounds: [
        [0, 'missing'],
        [1, 'ready'],
      ],
      told: ['missing/missing', 'ready/ready'],
    },
    {
      title: 'from ready to missing when two rounds 10 s apart agree',
      rounds: [
        [0, 'ready'],
        [1, 'missing'],
        [10, 'missing'],
        [11, 'missing'],
      ],
      told: ['ready/ready', 'ready/ready?missing', 'ready/ready?missing', 'missing/missing'],
    },
    {
      title: 'a removal that is taken back in time is never told',
      rounds: [
        [0, 'ready'],
        [1, 'missing'],
        [5, 'ready'],
        [12, 'missing'],
      ],
      told: ['ready/ready', 'ready/ready?missing', 'ready/ready', 'ready/ready?missing'],
    },
    {
      title: 'unknown at once in the report, on the Node after unknownAfter',
      rounds: [
        [0, 'ready'],
        [10, 'unknown'],
        [309, 'unknown'],
        [310, 'unknown'],
      ],
      told: ['ready/ready', 'unknown/ready', 'unknown/ready', 'unknown/unknown'],
    },
    {
      title: 'silence and doubt do not outlast a boot clock that starts anew',
      rounds: [
        [9000, 'ready'],
        [9001, 'unknown'],
        [10, 'unknown'],
        [310, 'unknown'],
        [320, 'ready'],
        [321, 'missing'],
        [5, 'missing'],
        [15, 'missing'],
      ],
      told: [
        'ready/ready',
        'unknown/ready',
        'unknown/ready',
        'unknown/unknown',
        'ready/ready',
        'ready/ready?missing',
        'ready/ready?missing',
        'missing/missing',
      ],
    },
    {
      title: 'missing ends a silence, though it is not believed yet',
      rounds: [
        [0, 'ready'],
        [60, 'unknown'],
        [120, 'missing'],
        [125, 'unknown'],
        [360, 'unknown'],
        [425, 'unknown'],
      ],
      told: [
        'ready/ready',
        'unknown/ready',
        'missing/ready?missing',
        'unknown/ready',
        'unknown/ready',
        'unknown/unknown',
      ],
    },
    {
      title: 'an answer between two silences starts the time anew',
      rounds: [
        [0, 'ready'],
        [10, 'unknown'],
        [200, 'ready'],
        [210, 'unknown'],
        [400, 'unknown'],
      ],
      told: ['ready/ready', 'unknown/ready', 'ready/ready', 'unknown/ready', 'unknown/ready'],
    },
    {
      title: 'a silence does not refute a first sight of missing',
      rounds: [
        [0, 'ready'],
        [10, 'missing'],
        [15, 'unknown'],
        [20, 'missing'],
      ],
      told: ['ready/ready', 'ready/ready?missing', 'unknown/ready', 'missing/missing'],
    },
    {
      title: 'from not known to missing at once: no label was ready',
      rounds: [
        [0, 'unknown'],
        [1, 'missing'],
      ],
      told: ['unknown/unknown', 'missing/missing'],
    },
    {
      title: 'a half installed package keeps the last state for 10 min',
      rounds: [
        [0, 'ready'],
        [1, 'missing', 'PackageBroken'],
        [600, 'missing', 'PackageBroken'],
        [601, 'missing', 'PackageBroken'],
      ],
      told: ['ready/ready', 'ready/ready?missing', 'ready/ready?missing', 'missing/missing'],
    },
  ]

test.each(cases)('$title', ({ rounds, told }) => {
  let settled: Settled | null = null
  const seen = rounds.map(([second, state, reason]) => {
    settled = settle(settled, round(second, state, reason), 'n')
    return show(settled)
  })
  expect(seen).toEqual(told)
})

test('since is when the state was first seen, and changes are counted by the state gone to', () => {
  const first = settle(null, round(0, 'missing'), 'n')
  const second = settle(first, round(60, 'missing'), 'n')
  const third = settle(second, round(120, 'ready'), 'n')
  expect(second.report.checks[0]).toMatchObject({ since: at(0), changes: 0, changesTo: noChanges })
  expect(third.report.checks[0]).toMatchObject({
    since: at(120),
    changes: 1,
    changesTo: { ...noChanges, ready: 1 },
  })
})

test.each<{ title: string; states: [second: number, state: State, reason?: Reason][]; flaps: number }>([
  {
    title: 'taken back',
    states: [
      [0, 'ready'],
      [1, 'missing'],
      [5, 'ready'],
    ],
    flaps: 1,
  },
  {
    title: 'seen twice before it is taken back',
    states: [
      [0, 'ready'],
      [1, 'missing'],
      [2, 'missing'],
      [5, 'ready'],
    ],
    flaps: 1,
  },
  {
    title: 'taken back twice',
    states: [
      [0, 'ready'],
      [1, 'missing'],
      [5, 'ready'],
      [6, 'missing'],
      [9, 'ready'],
    ],
    flaps: 2,
  },
  {
    title: 'taken back after a silence',
    states: [
      [0, 'ready'],
      [1, 'missing'],
      [5, 'unknown'],
      [9, 'ready'],
    ],
    flaps: 1,
  },
  {
    title: 'taken back because it does not apply any more',
    states: [
      [0, 'ready'],
      [1, 'missing'],
      [5, 'not-applicable'],
    ],
    flaps: 1,
  },
  {
    title: 'not confirmed yet',
    states: [
      [0, 'ready'],
      [1, 'missing'],
      [5, 'unknown'],
    ],
    flaps: 0,
  },
  {
    title: 'confirmed',
    states: [
      [0, 'ready'],
      [1, 'missing'],
      [11, 'missing'],
      [12, 'ready'],
    ],
    flaps: 0,
  },
  {
    title: 'a half installed package',
    states: [
      [0, 'ready'],
      [1, 'missing', 'PackageBroken'],
      [60, 'ready'],
    ],
    flaps: 1,
  },
])('a change to missing that was $title is $flaps flaps', ({ states, flaps }) => {
  let settled: Settled | null = null
  for (const [second, state, reason] of states) settled = settle(settled, round(second, state, reason), 'n')
  expect(settled?.report.checks[0]?.flaps).toBe(flaps)
})

test('while missing is not confirmed yet, the findings are still those of ready', () => {
  const settled = settle(settle(null, round(0, 'ready'), 'n'), round(1, 'missing'), 'n')
  expect(settled.report.checks[0]).toMatchObject({
    state: 'ready',
    pending: { state: 'missing', since: at(1) },
  })
  expect(settled.report.checks[0]?.findings[0]?.state).toBe('ready')
})

test('an unchanged check stays the same object, so that what is made of it can be cached', () => {
  const first = settle(null, round(0, 'missing'), 'n')
  // As they come from a file in which nothing has changed.
  const checks = first.report.checks.map(({ findings }, index) => ({
    ...round(0, 'missing').checks[index],
    findings,
  }))
  const second = settle(first, { ...round(60, 'missing'), checks: checks as CheckResult[] }, 'n')
  expect(second.report.checks).toBe(first.report.checks)
  expect(settle(second, round(120, 'ready'), 'n').report.checks).not.toBe(first.report.checks)
})

test('a check that is no longer in the config leaves the report', () => {
  const before = settle(null, round(0, 'ready'), 'n')
  expect(settle(before, { ...round(1, 'ready'), checks: [] }, 'n').report.checks).toEqual([])
})

function show({ report }: Settled): string {
  const check = report.checks[0]
  return `${check?.state}/${check?.published.state}${check?.pending ? `?${check.pending.state}` : ''}`
}

function at(second: number): string {
  return new Date(second * 1000).toISOString()
}

function round(second: number, state: State, reason: Reason = 'BinaryNotFound'): Round {
  const said = { state, reason, message: 'm', why: 'w', fix: null }
  const finding: Finding = { ...said, need: 'binary:x', kind: 'binary', evidence: [], recommended: false }
  const check: CheckResult = { ...said, name: 'c', title: 't', findings: [finding] }
  const host = { hostname: null, os: 'os', distro: 'debian', kernel: '6.1', arch: 'amd64', ...plainHost }
  return {
    v: 1,
    at: at(second),
    boot: second * 1000,
    took: 1,
    settings: settingsWith({ checks: ['c'] }),
    host,
    probing: probingWith(),
    crashes: [],
    seen: [],
    fix: null,
    checks: [check],
  }
}
