import pino from 'pino'
import { expect, test } from 'vitest'
import { watchConfinement } from '#agent/publish/confinement.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { fakeApi } from './fake-api.ts'

const refusal = (status: number | null, message: string) =>
  ({ ok: false, status, message, retryAfter: null }) as const
const denied = (policy: string, words: string) =>
  refusal(422, `ValidatingAdmissionPolicy '${policy}' denied request: ${words}`)
const label = denied('hostdeps-node', 'hostdeps may only write labels of hostdeps.dev/')
const event = denied('hostdeps-event', 'hostdeps may only tell events of the Node that its token is bound to')
const forbidden = refusal(403, 'nodes is forbidden')
const silent = refusal(null, 'connect ECONNREFUSED')

function watched() {
  const [api, clock] = [fakeApi(), fakeClock()]
  const log = pino({ level: 'silent' })
  Object.assign(api.tried, { apply: label, tell: event })
  return { api, clock, confinement: watchConfinement({ api, node: 'node-1', clock, log }) }
}

test.each([
  { what: 'a foreign label', kind: 'apply', denial: label, policy: 'hostdeps-node' },
  { what: 'an event of another Node', kind: 'tell', denial: event, policy: 'hostdeps-event' },
] as const)('that $what is allowed is told within a minute, once', async ({ kind, denial, policy }) => {
  const { api, clock, confinement } = watched()
  expect(confinement.isEnforced()).toBeNull()
  await clock.pass(60_000)
  expect(confinement.isEnforced()).toBe(true)
  for (const times of [1, 2]) {
    api.tried[kind] = null
    for (let minute = 0; minute < 3; minute++) {
      await clock.pass(60_000)
      expect(confinement.isEnforced()).toBe(false)
      expect(api.events).toHaveLength(times)
    }
    api.tried[kind] = denial
    await clock.pass(60_000)
    expect(confinement.isEnforced()).toBe(true)
  }
  const note = expect.stringContaining(`ValidatingAdmissionPolicy ${policy} is not in force`)
  expect(api.events[0]).toMatchObject({ node: 'node-1', uid: 'uid-1', reason: 'Unconfined', note })
  expect(api.applied).toEqual([])
})

test('both are reported when there are no policies', async () => {
  const { api, clock, confinement } = watched()
  Object.assign(api.tried, { apply: null, tell: null })
  await clock.pass(5_000)
  expect(confinement.isEnforced()).toBe(false)
  expect(api.events).toHaveLength(2)
})

test.each(['apply', 'tell'] as const)('a refusal in other words proves nothing (%s)', async (kind) => {
  const { api, clock, confinement } = watched()
  api.tried[kind] = forbidden
  await clock.pass(60_000)
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
  await clock.pass(60_000)
  api.refusal = silent
  await clock.pass(60_000)
  expect(confinement.isEnforced()).toBe(true)
  confinement.stop()
  const before = api.dryRuns
  await clock.pass(600_000)
  expect(api.dryRuns).toBe(before)
})
