import { expect, test } from 'vitest'
import type { Crash } from '#agent/model/report.ts'
import { renderAnnotation } from '#agent/node/annotation.ts'
import { createCrashEvents } from '#agent/publish/crash-events.ts'
import { crash, makeReport } from '../http/report-fixture.ts'
import { fakeClock } from '../rounds/fake-clock.ts'

function start() {
  const clock = fakeClock()
  const events = createCrashEvents(clock)
  const look = (...crashes: Crash[]) => events.look({ ...makeReport(), crashes }).map(({ note }) => note)
  return { clock, events, look }
}

test('a crash is told once, as a Warning with the pod, the need, the checks and the command', () => {
  const { events } = start()
  const report = { ...makeReport(), crashes: [crash()] }
  expect(events.look(report)).toEqual([
    {
      type: 'Warning',
      reason: 'HostDependencyCrash',
      note:
        "longhorn-system/longhorn-manager-5mc6p crash-loops: iscsiadm is not on the host's PATH (open-iscsi, longhorn). " +
        'Fix: apt-get update && apt-get install -y open-iscsi && systemctl enable --now iscsid',
    },
  ])
  expect(events.look(report)).toEqual([])
})

test('containers with one cause share an event; one that joins later is told when the quiet time is over', async () => {
  const { clock, look } = start()
  const two = [crash(), crash({ pod: 'longhorn-manager-9xk2c' })]
  expect(look(...two)).toEqual([
    expect.stringContaining('longhorn-system/longhorn-manager-5mc6p and 1 more crash-loop: '),
  ])
  const three = [...two, crash({ pod: 'longhorn-manager-zz' })]
  await clock.pass(599_000)
  expect(look(...three)).toEqual([])
  await clock.pass(1_000)
  expect(look(...three)).toHaveLength(1)
  await clock.pass(3_600_000)
  expect(look(...three)).toEqual([])
})

test('each need has a quiet time of its own', () => {
  const { look } = start()
  look(crash())
  expect(look(crash(), crash({ need: 'binary:mount.nfs', checks: ['nfs-client'] }))).toHaveLength(1)
})

test('what is fixed is not told; what crashes again later is', async () => {
  const { clock, look } = start()
  look(crash())
  expect(look(crash({ fixed: '2026-11-24T14:02:10.000Z' }))).toEqual([])
  await clock.pass(600_000)
  expect(look()).toEqual([])
  expect(look(crash())).toHaveLength(1)
})

test('what the Node said before a restart is not told again', async () => {
  const { clock, events, look } = start()
  const report = { ...makeReport(), crashes: [crash()] }
  const annotation = renderAnnotation(report, [])
  events.goOnFrom({ name: 'node-1', uid: 'uid-1', labels: {}, conditions: [], report: annotation })
  expect(look(crash())).toEqual([])
  expect(look(crash(), crash({ pod: 'another' }))).toHaveLength(1)
  look()
  await clock.pass(600_000)
  look()
  expect(look(crash())).toHaveLength(1)
})
