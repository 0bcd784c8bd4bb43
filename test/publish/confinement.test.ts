import pino from 'pino'
import { expect, test } from 'vitest'
import { watchConfinement } from '../../agent/publish/confinement.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { fakeApi } from './fake-api.ts'

const denied = {
  ok: false,
  status: 422,
  message:
    "ValidatingAdmissionPolicy 'hostdeps-node' denied request: hostdeps may only write labels of hostdeps.dev/",
  retryAfter: null,
} as const
const forbidden = { ok: false, status: 403, message: 'nodes is forbidden', retryAfter: null } as const
const silent = { ok: false, status: null, message: 'connect ECONNREFUSED', retryAfter: null } as const

function watched() {
  const [api, clock] = [fakeApi(), fakeClock()]
  const log = pino({ level: 'silent' })
  return { api, clock, confinement: watchConfinement({ api, node: 'node-1', clock, log }) }
}

test('that a foreign label is allowed is told within a minute, once', async () => {
  const { api, clock, confinement } = watched()
  expect(confinement.isEnforced()).toBeNull()
  api.refusal = forbidden
  await clock.pass(60_000)
  expect(confinement.isEnforced()).toBeNull()
  api.refusal = denied
  await clock.pass(60_000)
  expect(confinement.isEnforced()).toBe(true)
  api.refusal = null
  for (let minute = 0; minute < 3; minute++) {
    await clock.pass(60_000)
    expect(confinement.isEnforced()).toBe(false)
  }
  expect(api.events.map(({ reason, uid }) => [reason, uid])).toEqual([['Unconfined', 'uid-1']])
  expect(api.applied).toEqual([])
})

test('an API server that does not answer proves nothing', async () => {
  const { api, clock, confinement } = watched()
  api.refusal = silent
  await clock.pass(5_000)
  expect(confinement.isEnforced()).toBeNull()
  api.refusal = denied
  await clock.pass(60_000)
  api.refusal = silent
  await clock.pass(60_000)
  expect(confinement.isEnforced()).toBe(true)
  confinement.stop()
  const before = api.dryRuns
  await clock.pass(600_000)
  expect(api.dryRuns).toBe(before)
})
