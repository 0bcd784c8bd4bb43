import pino from 'pino'
import { expect, test } from 'vitest'
import type { Report } from '#agent/model/report.ts'
import { watchConfinement } from '#agent/publish/confinement.ts'
import { Publisher } from '#agent/publish/publisher.ts'
import { probingWith, settingsWith } from '../model/settings.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { fakeApi } from './fake-api.ts'
import { plainHost } from '../model/host-facts.ts'

const refusal = (status: number | null, message: string) =>
  ({ ok: false, status, message, retryAfter: null }) as const
const denied = (policy: string, words: string) =>
  refusal(422, `ValidatingAdmissionPolicy '${policy}' denied request: ${words}`)
const label = denied('hostdeps-node', 'hostdeps may only write labels of hostdeps.dev/')
const event = denied(
  'hostdeps-event',
  'hostdeps may only create events about the Node that its token is bound to',
)
const forbidden = refusal(403, 'nodes is forbidden')
const silent = refusal(null, 'connect ECONNREFUSED')

/** Milliseconds. */
const [second, hour, reapply] = [1_000, 3_600_000, 600_000]

function watched(node = 'node-1') {
  const [api, clock] = [fakeApi(), fakeClock()]
  const log = pino({ level: 'silent' })
  Object.assign(api.tried, { apply: label, tell: event })
  return { api, clock, confinement: watchConfinement({ api, node, clock, log, reapply }) }
}

test.each([
  { what: 'a foreign label', kind: 'apply', denial: label, policy: 'hostdeps-node' },
  { what: 'an event of another Node', kind: 'tell', denial: event, policy: 'hostdeps-event' },
] as const)('that $what is allowed is noticed within ten minutes, once', async ({ kind, denial, policy }) => {
  const { api, clock, confinement } = watched()
  expect(confinement.isEnforced()).toBeNull()
  await clock.pass(5 * second)
  expect(confinement.isEnforced()).toBe(true)
  for (const times of [1, 2]) {
    api.tried[kind] = null
    for (let look = 0; look < 3; look++) {
      await clock.pass(reapply)
      expect(confinement.isEnforced()).toBe(false)
      expect(api.events).toHaveLength(times)
    }
    api.tried[kind] = denial
    await clock.pass(1.5 * reapply)
    expect(confinement.isEnforced()).toBe(true)
  }
  const note = expect.stringContaining(`ValidatingAdmissionPolicy ${policy} is not in force`)
  expect(api.events[0]).toMatchObject({ node: 'node-1', uid: 'uid-1', reason: 'Unconfined', note })
  expect(api.applied).toEqual([])
})

test('a policy that is installed just after the agent is noticed in the time that took, once more', async () => {
  const { api, clock, confinement } = watched()
  Object.assign(api.tried, { apply: null, tell: null })
  await clock.pass(20 * second)
  expect(confinement.isEnforced()).toBe(false)
  Object.assign(api.tried, { apply: label, tell: event })
  await clock.pass(40 * second)
  expect(confinement.isEnforced()).toBe(true)
})

test.each([
  ['that are in force', { apply: label, tell: event }],
  ['that are not there', { apply: null, tell: null }],
  ['one of which is not there', { apply: label, tell: null }],
  ['that another policy hides', { apply: forbidden, tell: forbidden }],
] as const)('policies %s cost at most 12 requests an hour', async (_, tried) => {
  const { api, clock, confinement } = watched()
  Object.assign(api.tried, tried)
  await clock.pass(hour)
  for (let hours = 0; hours < 24; hours++) {
    const before = api.dryRuns
    for (let minute = 0; minute < 60; minute++) {
      confinement.every(reapply)
      await clock.pass(hour / 60)
    }
    expect(api.dryRuns - before).toBeGreaterThanOrEqual(8)
    expect(api.dryRuns - before).toBeLessThanOrEqual(12)
  }
})

test('an API server that answers with errors is asked no more than that', async () => {
  const { api, clock } = watched()
  api.refusal = refusal(500, 'etcdserver: no leader')
  await clock.pass(hour)
  const before = api.dryRuns
  await clock.pass(10 * hour)
  expect(api.dryRuns - before).toBeLessThanOrEqual(120)
})

test('the config makes it more frequent at once, and never rarer than each ten minutes', async () => {
  const { api, clock, confinement } = watched()
  await clock.pass(5 * second)
  confinement.every(24 * hour)
  await clock.pass(reapply)
  expect(api.dryRuns).toBeGreaterThanOrEqual(4)
  for (let times = 0; times < 12; times++) {
    confinement.every(times % 2 === 0 ? 24 * hour : 10 * second)
    await clock.pass(5 * second)
  }
  // Within ten seconds of the change, and each ten seconds or ten minutes from then on.
  expect(api.dryRuns).toBeGreaterThanOrEqual(6)
  confinement.every(10 * second)
  await clock.pass(20 * second)
  const before = api.dryRuns
  await clock.pass(60 * second)
  expect(api.dryRuns - before).toBe(12)
})

test('an agent with nothing new to publish sends at most 20 requests an hour, of all kinds', async () => {
  // Some of these Nodes are at either end of what their applies are spread over.
  for (const node of Array.from({ length: 100 }, (_, number) => `node-${number}`)) {
    const { api, clock } = watched(node)
    const log = pino({ level: 'silent' })
    const publisher = new Publisher({ api, node, clock, log, restore: () => {} })
    publisher.publish(emptyReport)
    await clock.pass(hour)
    const requests = () => api.reads + api.applied.length + api.dryRuns + api.events.length
    for (let hours = 0; hours < 3; hours++) {
      const before = requests()
      await clock.pass(hour)
      expect(requests() - before).toBeGreaterThanOrEqual(17)
      expect(requests() - before).toBeLessThanOrEqual(20)
    }
  }
})

test('both are reported at the start when there are no policies', async () => {
  const { api, clock, confinement } = watched()
  Object.assign(api.tried, { apply: null, tell: null })
  await clock.pass(5_000)
  expect(confinement.isEnforced()).toBe(false)
  expect(api.events).toHaveLength(2)
})

test.each(['apply', 'tell'] as const)('a refusal in other words proves nothing (%s)', async (kind) => {
  const { api, clock, confinement } = watched()
  api.tried[kind] = forbidden
  await clock.pass(hour)
  expect(confinement.isEnforced()).toBeNull()
})

test('an agent that may create no events needs no policy for them', async () => {
  const { api, clock, confinement } = watched()
  api.tried.tell = refusal(403, 'User "x" cannot create resource "events" in API group "events.k8s.io"')
  await clock.pass(5_000)
  expect(confinement.isEnforced()).toBe(true)
})

test('an API server that does not answer proves nothing', async () => {
  const { api, clock, confinement } = watched()
  api.refusal = silent
  await clock.pass(5_000)
  expect(confinement.isEnforced()).toBeNull()
  api.refusal = null
  await clock.pass(reapply)
  api.refusal = silent
  await clock.pass(reapply)
  expect(confinement.isEnforced()).toBe(true)
  confinement.stop()
  const before = api.dryRuns
  await clock.pass(hour)
  expect(api.dryRuns).toBe(before)
})

const emptyReport: Report = {
  v: 1,
  node: 'node-1',
  at: '',
  took: 0,
  settings: settingsWith({}),
  host: { hostname: null, os: '', distro: 'debian', kernel: null, arch: 'amd64', ...plainHost },
  probing: probingWith(),
  crashes: [],
  seen: [],
  fix: null,
  checks: [],
}
