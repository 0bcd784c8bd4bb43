import { describe, expect, test } from 'vitest'
import { createSeenEvents } from '#agent/publish/seen-events.ts'
import type { Report } from '#agent/model/report.ts'
import type { State } from '#agent/model/state.ts'
import { makeReport } from '../http/report-fixture.ts'
import { settingsWith } from '../model/settings.ts'

describe('a workload that was seen', () => {
  test('is told once, with the line of the config that publishes it', () => {
    const events = createSeenEvents()
    const [event, ...others] = events.look(seeing({}))
    expect([event?.type, event?.reason, others]).toEqual(['Normal', 'WorkloadSeen', []])
    expect(event?.note).toContain("iscsiadm is not on the host's PATH")
    expect(event?.note).toContain('checks: [a, b, open-iscsi]')
    expect(events.look(seeing({}))).toEqual([])
    events.forget()
    expect(events.look(seeing({}))).toHaveLength(1)
  })

  test.each([
    ['published', { isPublished: true }],
    ['ready', { state: 'ready' }],
    ['unknown', { state: 'unknown' }],
    ['not seen', { seen: [] }],
  ] as const)('is not told when it is %s', (_, changes) => {
    expect(createSeenEvents().look(seeing(changes))).toEqual([])
  })

  test('is not told again after a restart when the Node says that it was seen', () => {
    const events = createSeenEvents()
    const report = JSON.stringify({ v: 2, host, checks: [], omitted: 0, seen: ['open-iscsi'] })
    events.goOnFrom({ name: 'n', uid: 'u', labels: {}, conditions: [], report })
    expect(events.look(seeing({}))).toEqual([])
  })

  test('has a note within the bound of the API, however much is published', () => {
    const checks = Array.from({ length: 64 }, (_, index) => `${'x'.repeat(50)}-${index}`)
    const [event] = createSeenEvents().look(seeing({ checks, message: 'y'.repeat(2_000) }))
    expect(event?.note.length).toBeLessThanOrEqual(1_024)
    expect(event?.note).toMatch(/add it to the config's checks$/)
  })
})

const { hostname: _, os: __, ...host } = makeReport().host

interface Changes {
  readonly state?: State
  readonly isPublished?: boolean
  readonly seen?: Report['seen']
  readonly checks?: readonly string[]
  readonly message?: string
}

function seeing({
  state = 'missing',
  isPublished = false,
  seen,
  checks = ['a', 'b'],
  message,
}: Changes): Report {
  const report = makeReport()
  const all = report.checks.map((check) => ({
    ...check,
    isPublished,
    published: { ...check.published, state, message: message ?? check.message },
  }))
  return {
    ...report,
    settings: settingsWith({ checks }),
    seen: seen ?? [{ check: 'open-iscsi', by: 'container' }],
    checks: all,
  }
}
