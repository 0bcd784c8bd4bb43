import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import type { ApiRefusal, NodeView } from '#agent/node/node-api.ts'
import type { Report, ReportCheck, Settings } from '#agent/model/report.ts'
import { noChanges } from '#agent/model/settle.ts'
import type { State } from '#agent/model/state.ts'
import { Publisher } from '#agent/publish/publisher.ts'
import { probingWith, settingsWith } from '../model/settings.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { fakeApi } from './fake-api.ts'
import { plainHost } from '../model/host-facts.ts'

describe('publishing', () => {
  test('a change is applied at once, the same state again only to restore it', async () => {
    const { publish, api, clock } = await start()
    await publish({ a: 'missing' })
    await publish({ a: 'missing' })
    expect(api.applied).toHaveLength(1)
    await publish({ a: 'ready' })
    expect(api.applied.map((patch) => patch.metadata.labels)).toEqual([
      { 'hostdeps.dev/a': 'missing' },
      { 'hostdeps.dev/a': 'ready' },
    ])
    await clock.pass(539_000)
    expect(api.applied).toHaveLength(2)
    await clock.pass(122_000)
    expect(api.applied).toHaveLength(3)
    expect(api.applied[2]).toEqual(api.applied[1])
  })

  test('a failure is tried again more and more slowly, with the newest report', async () => {
    const { publish, publisher, api, clock } = await start()
    api.refusal = { ok: false, status: 500, message: 'boom', retryAfter: null }
    await publish({ a: 'missing' })
    expect(publisher.status().trouble).toContain('500: boom')
    await publish({ a: 'ready' })
    await clock.pass(10_000)
    api.refusal = null
    await clock.pass(30_000)
    expect(publisher.status().trouble).toBeNull()
    expect(api.applied.map((patch) => patch.metadata.labels)).toEqual([{ 'hostdeps.dev/a': 'ready' }])
  })

  test('Retry-After is heeded', async () => {
    const { publish, api, clock } = await start()
    api.refusal = { ok: false, status: 429, message: 'slow', retryAfter: 20_000 }
    await publish({ a: 'missing' })
    api.refusal = null
    await clock.pass(19_000)
    expect(api.applied).toHaveLength(0)
    await clock.pass(8_000)
    expect(api.applied).toHaveLength(1)
  })

  test('a check that is refused is left out, named, and the others are published', async () => {
    const { publish, publisher, api } = await start()
    api.badLabel = 'hostdeps.dev/bad'
    await publish({ a: 'missing', bad: 'missing', b: 'ready' })
    expect(api.applied.at(-1)?.metadata.labels).toEqual({
      'hostdeps.dev/a': 'missing',
      'hostdeps.dev/b': 'ready',
    })
    expect(publisher.status().trouble).toContain('hostdeps.dev/bad is invalid')
  })

  test('when the API server is busy while refusals are sorted out, the Node stays as it is', async () => {
    const { publish, publisher, api, clock } = await start()
    await publish({ a: 'ready', b: 'ready' })
    const { apply } = api
    let isBusy = true
    api.badLabel = 'hostdeps.dev/bad'
    api.apply = (patch, options = {}) =>
      isBusy && options.dryRun === true && 'hostdeps.dev/a' in patch.metadata.labels
        ? Promise.resolve({ ok: false, status: 429, message: 'slow down', retryAfter: null })
        : apply(patch, options)
    await publish({ a: 'ready', bad: 'missing', b: 'ready' })
    expect(api.applied).toHaveLength(1)
    expect(publisher.status().trouble).toContain('slow down')
    isBusy = false
    await clock.pass(60_000)
    expect(Object.keys(api.applied.at(-1)?.metadata.labels ?? {})).toEqual([
      'hostdeps.dev/a',
      'hostdeps.dev/b',
    ])
  })

  test.each([
    [
      'an admission policy',
      'nodes "n" is forbidden: ValidatingAdmissionPolicy "x" with binding "y" denied request: no',
      1,
    ],
    ['RBAC', 'nodes "n" is forbidden: User "u" cannot patch resource "nodes/status"', 0],
  ])('a 403 of %s', async (_, message, applied) => {
    const { publish, api } = await start()
    const { apply } = api
    api.apply = (patch, options) =>
      'hostdeps.dev/bad' in patch.metadata.labels
        ? Promise.resolve({ ok: false, status: 403, message, retryAfter: null })
        : apply(patch, options)
    await publish({ a: 'ready', bad: 'missing' })
    expect(api.applied).toHaveLength(applied)
  })

  test('what the API server refuses as a whole is not sent again until it changes', async () => {
    const { publish, publisher, api, clock } = await start()
    api.badLabel = 'hostdeps.dev/a'
    await publish({ a: 'missing' })
    await clock.pass(300_000)
    expect([api.dryRuns, publisher.status().failed]).toEqual([1, 1])
    expect(publisher.status().trouble).toContain('422: hostdeps.dev/a is invalid')
    await publish({ b: 'ready' })
    expect(api.applied).toHaveLength(1)
  })

  test('nothing is written before the Node was read, however long that takes', async () => {
    const { publish, publisher, api, clock, restored } = startCold(null, down)
    await publish({ a: 'missing' })
    await clock.pass(60_000)
    expect([restored, publisher.status().trouble]).toEqual([[], expect.stringContaining('ECONNREFUSED')])
    api.refusal = null
    await clock.pass(90_000)
    expect([restored.length, api.applied.length]).toEqual([1, 1])
  })

  test('the first apply is within five seconds, at a time that depends on the Node', async () => {
    const { publish, api, clock } = startCold()
    await publish({ a: 'missing' })
    expect(api.applied).toHaveLength(0)
    await clock.pass(5_000)
    expect(api.applied).toHaveLength(1)
  })

  test('what is switched off or no longer published is removed from the Node', async () => {
    const { publish, api } = await start()
    await publish({ a: 'missing' })
    const publishing = { ...settingsWith().publish, labels: false, annotation: false }
    await publish({ a: 'missing' }, { publish: publishing })
    expect(api.applied.at(-1)).toMatchObject({ metadata: { labels: {}, annotations: {} } })
    expect(api.applied.at(-1)?.status.conditions).toHaveLength(1)
    expect(api.takenOff).toEqual([])
    await publish({})
    expect(api.applied.at(-1)?.status.conditions).toEqual([])
    // An apply without any would take off those of others too.
    expect(api.takenOff).toEqual(['hostdeps.dev/AReady'])
    await publish({ a: 'missing' }, { publish: { ...publishing, conditions: 'none' } })
    expect(api.takenOff).toHaveLength(1)
  })

  test('a Node that was deleted and created again is published to again', async () => {
    const { publish, api, clock } = await start()
    await publish({ a: 'missing' })
    api.uid = 'uid-2'
    await clock.pass(700_000)
    await clock.pass(700_000)
    expect(api.events.map(({ uid }) => uid)).toEqual(['uid-1', 'uid-2'])
  })

  test('what was seen changes on the Node at most once a re-apply, whatever else changes', async () => {
    const { publish, api, clock } = await start()
    const seenOn = () =>
      JSON.parse(api.applied.at(-1)?.metadata.annotations['hostdeps.dev/report'] ?? '').seen
    await publish({ a: 'missing' }, {}, ['longhorn'])
    expect(seenOn()).toEqual(['longhorn'])
    await publish({ a: 'missing' }, {}, ['longhorn', 'calico'])
    expect(api.applied).toHaveLength(1)
    await publish({ a: 'ready' }, {}, [])
    expect([api.applied.length, seenOn()]).toEqual([2, ['longhorn']])
    await publish({ a: 'ready' }, {}, ['calico', 'longhorn'])
    await clock.pass(700_000)
    expect([api.applied.length, seenOn()]).toEqual([3, ['calico', 'longhorn']])
  })

  test('after the stop nothing is sent', async () => {
    const { publish, publisher, api, clock } = await start()
    await publish({ a: 'missing' })
    publisher.stop()
    await publish({ a: 'ready' })
    await clock.pass(3_600_000)
    expect(api.applied).toHaveLength(1)
  })
})

describe('events', () => {
  test('at first only for what is missing, then for each change to missing and to ready', async () => {
    const { publish, api, clock } = await start()
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
    const { publish, api, clock } = await start()
    await publish({ a: 'missing' })
    await clock.pass(60_000)
    await publish({ a: 'ready' })
    await publish({ a: 'missing' })
    expect(api.events).toHaveLength(1)
    await clock.pass(600_000)
    await publish({ a: 'ready' })
    expect(api.events).toHaveLength(2)
  })

  test('what was held back is published when the ten minutes are over, if it still holds', async () => {
    const { publish, publisher, api, clock } = await start()
    await publish({ a: 'missing' })
    await clock.pass(60_000)
    await publish({ a: 'ready' })
    await publish({ a: 'ready' })
    expect([api.events.length, publisher.status().eventsHeldBack]).toEqual([1, 1])
    await clock.pass(600_000)
    await publish({ a: 'ready' })
    await publish({ a: 'ready' })
    expect(api.events.map(({ type }) => type)).toEqual(['Warning', 'Normal'])
  })

  test('those that the API server does not accept now are sent later, and those held back are counted', async () => {
    const { publish, publisher, api, clock } = await start()
    await publish({ a: 'ready' })
    api.createEvent = () => Promise.resolve({ ...down, status: 503 })
    await publish({ a: 'missing' })
    await publish({ a: 'ready' })
    expect(publisher.status()).toMatchObject({ events: 0, eventsHeldBack: 1 })
    api.createEvent = (event) => {
      api.events.push(event)
      return Promise.resolve({ ok: true, value: null })
    }
    await clock.pass(10_000)
    expect([api.events.length, publisher.status().events]).toEqual([1, 1])
  })

  test('an invalid config makes one, with file and line, and a valid config makes another', async () => {
    const { publish, api } = await start()
    await publish({ a: 'ready' }, { mistakes: ['config.yaml:3: no such check'] })
    await publish({ a: 'ready' }, { mistakes: ['config.yaml:3: no such check'] })
    await publish({ a: 'ready' })
    expect(api.events.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      'Warning ConfigInvalid',
      'Normal ConfigValid',
    ])
    expect(api.events[0]?.note).toContain('config.yaml:3')
  })

  test('one for a workload that was seen, lacks something and is not published', async () => {
    const { publish, publisher, api } = await start()
    const seen = [{ check: 'b', by: 'driver' as const }]
    const checks = [check('a', 'ready'), { ...check('b', 'missing'), isPublished: false }]
    publisher.publish({ ...report(checks, settingsWith({ checks: ['a'] })), seen })
    await publish({ a: 'missing' })
    expect(api.events.map(({ reason }) => reason)).toContain('WorkloadSeen')
    expect(api.events[0]?.note).toContain('checks: [a, b]')
  })

  test('none for what the Node said before a restart', async () => {
    const labels = { 'hostdeps.dev/a': 'missing', 'hostdeps.dev/b': 'missing' }
    const { publish, api } = await start({
      name: 'node-1',
      uid: 'uid-1',
      labels,
      conditions: [],
      report: null,
    })
    await publish({ a: 'missing', b: 'ready' })
    expect(api.events.map(({ type }) => type)).toEqual(['Normal'])
  })

  test('none for what only the annotation said before a restart', async () => {
    const publishing = { ...settingsWith().publish, labels: false, conditions: 'none' as const }
    const before = await start()
    await before.publish({ a: 'missing', b: 'missing' }, { publish: publishing })
    const report = before.api.applied.at(-1)?.metadata.annotations['hostdeps.dev/report'] ?? null
    const { publish, api } = await start({ name: 'node-1', uid: 'uid-1', labels: {}, conditions: [], report })
    await publish({ a: 'missing', b: 'ready' }, { publish: publishing })
    expect(api.events.map(({ type }) => type)).toEqual(['Normal'])
  })
})

/** Past the wait before the first apply. */
async function start(before: NodeView | null = null) {
  const started = startCold(before)
  await started.clock.pass(5_000)
  return started
}

function startCold(before: NodeView | null = null, refusal: ApiRefusal | null = null) {
  const [api, clock] = [fakeApi(), fakeClock()]
  Object.assign(api, { node: before, refusal })
  const restored: NodeView[] = []
  const log = pino({ level: 'silent' })
  const restore = (node: NodeView) => void restored.push(node)
  const publisher = new Publisher({ api, node: 'node-1', clock, log, restore })
  const publish = async (
    states: Record<string, State>,
    changes: Partial<Settings> = {},
    seen: readonly string[] = [],
  ) => {
    const checks = Object.entries(states).map(([name, state]) => check(name, state))
    const signs = seen.map((name) => ({ check: name, by: 'container' as const }))
    publisher.publish({ ...report(checks, settingsWith(changes)), seen: signs })
    await clock.pass(0)
    await clock.pass(0)
  }
  return { api, clock, publisher, publish, restored }
}

const down: ApiRefusal = { ok: false, status: null, message: 'ECONNREFUSED', retryAfter: null }

function check(name: string, state: State): ReportCheck {
  const said = { state, reason: 'AllReady', message: 'm', fix: null, since: '2026-11-24T00:00:00Z' } as const
  const published = { ...said, was: null, needs: [] }
  return {
    ...said,
    name,
    title: name,
    why: '',
    findings: [],
    isPublished: true,
    published,
    pending: null,
    changes: 0,
    changesTo: noChanges,
    flaps: 0,
  }
}

function report(checks: ReportCheck[], settings: Settings): Report {
  const host = { hostname: null, os: '', distro: 'debian', kernel: null, arch: 'amd64', ...plainHost }
  return {
    v: 1,
    node: 'node-1',
    at: '',
    took: 0,
    settings,
    host,
    probing: probingWith(),
    crashes: [],
    seen: [],
    fix: null,
    checks,
  }
}
