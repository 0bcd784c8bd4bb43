import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import type { NodeView } from '../../agent/model/node-api.ts'
import type { Report, ReportCheck } from '../../agent/model/report.ts'
import type { State } from '../../agent/model/state.ts'
import { createPublisher } from '../../agent/publish/publisher.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { fakeApi } from './fake-api.ts'

describe('publishing', () => {
  test('a change is applied at once, the same again only to heal', async () => {
    const { publish, api, clock } = start()
    await publish({ a: 'missing' })
    await publish({ a: 'missing' })
    expect(api.applied).toHaveLength(1)
    await publish({ a: 'ready' })
    expect(api.applied.map((patch) => patch.metadata.labels)).toEqual([
      { 'hostdeps.dev/a': 'missing' },
      { 'hostdeps.dev/a': 'ready' },
    ])
    await clock.pass(599_000)
    expect(api.applied).toHaveLength(2)
    await clock.pass(2_000)
    expect(api.applied).toHaveLength(3)
    expect(api.applied[2]).toEqual(api.applied[1])
  })

  test('what fails is tried again, slower and slower, and the newest report is what comes through', async () => {
    const { publish, publisher, api, clock } = start()
    api.refusal = { ok: false, status: 500, message: 'boom', retryAfter: null }
    await publish({ a: 'missing' })
    expect(publisher.trouble()).toContain('500: boom')
    await publish({ a: 'ready' })
    await clock.pass(10_000)
    api.refusal = null
    await clock.pass(30_000)
    expect(publisher.trouble()).toBeNull()
    expect(api.applied.map((patch) => patch.metadata.labels)).toEqual([{ 'hostdeps.dev/a': 'ready' }])
  })

  test('Retry-After is heeded', async () => {
    const { publish, api, clock } = start()
    api.refusal = { ok: false, status: 429, message: 'slow', retryAfter: 20_000 }
    await publish({ a: 'missing' })
    api.refusal = null
    await clock.pass(19_000)
    expect(api.applied).toHaveLength(0)
    await clock.pass(8_000)
    expect(api.applied).toHaveLength(1)
  })

  test('a check that is refused is left out, named, and the others are published', async () => {
    const { publish, publisher, api } = start()
    api.badLabel = 'hostdeps.dev/bad'
    await publish({ a: 'missing', bad: 'missing', b: 'ready' })
    expect(api.applied.at(-1)?.metadata.labels).toEqual({
      'hostdeps.dev/a': 'missing',
      'hostdeps.dev/b': 'ready',
    })
    expect(publisher.trouble()).toContain('hostdeps.dev/bad is invalid')
  })

  test('after the stop nothing is sent', async () => {
    const { publish, publisher, api, clock } = start()
    await publish({ a: 'missing' })
    publisher.stop()
    await publish({ a: 'ready' })
    await clock.pass(3_600_000)
    expect(api.applied).toHaveLength(1)
  })
})

describe('events', () => {
  test('at first sight what is missing alone, then each change to missing and to ready', async () => {
    const { publish, api, clock } = start()
    await publish({ a: 'missing', b: 'ready', c: 'unknown' })
    await clock.pass(700_000)
    await publish({ a: 'ready', b: 'missing', c: 'unknown' })
    expect(api.events.map(({ type, note }) => [type, note.split(':')[0]])).toEqual([
      ['Warning', 'a'],
      ['Normal', 'a'],
      ['Warning', 'b'],
    ])
    expect(api.events[0]?.uid).toBe('uid-1')
  })

  test('at most one a check in ten minutes', async () => {
    const { publish, api, clock } = start()
    await publish({ a: 'missing' })
    await clock.pass(60_000)
    await publish({ a: 'ready' })
    await publish({ a: 'missing' })
    expect(api.events).toHaveLength(1)
    await clock.pass(600_000)
    await publish({ a: 'ready' })
    expect(api.events).toHaveLength(2)
  })

  test('none for what the Node said before a restart', async () => {
    const { publish, api } = start({
      uid: 'uid-1',
      labels: { 'hostdeps.dev/a': 'missing', 'hostdeps.dev/b': 'missing' },
      conditions: [],
    })
    await publish({ a: 'missing', b: 'ready' })
    expect(api.events.map(({ type }) => type)).toEqual(['Normal'])
  })
})

function start(before: NodeView | null = null) {
  const [api, clock] = [fakeApi(), fakeClock()]
  const publisher = createPublisher({ api, clock, log: pino({ level: 'silent' }), start: before })
  const publish = async (states: Record<string, State>) => {
    publisher.publish(report(Object.entries(states).map(([name, state]) => check(name, state))))
    await clock.pass(0)
    await clock.pass(0)
  }
  return { api, clock, publisher, publish }
}

function check(name: string, state: State): ReportCheck {
  const said = { state, reason: 'AllReady', message: 'm', fix: null, since: '2026-11-24T00:00:00Z' } as const
  const told = { ...said, needs: [] }
  return {
    ...said,
    name,
    title: name,
    why: '',
    findings: [],
    published: true,
    told,
    pending: null,
    changes: 0,
  }
}

function report(checks: ReportCheck[]): Report {
  const host = { hostname: null, os: '', distro: 'debian', kernel: null, arch: 'amd64' }
  return {
    v: 1,
    node: 'node-1',
    at: '',
    took: 0,
    host,
    probing: { watched: 0, refused: 0, abandoned: 0 },
    checks,
  }
}
