import { expect, test } from 'vitest'
import { parseRuntimeStatus } from '#agent/crashes/runtime-status.ts'

const containerd = (text: string) => parseRuntimeStatus({ runtime: 'containerd', text })
const crio = (text: string) => parseRuntimeStatus({ runtime: 'cri-o', text })

/** As containerd 1.6.20 writes it. */
const failed =
  '{"Version":"v1","Pid":0,"CreatedAt":1796000000000000000,"StartedAt":1796000001500000000,"FinishedAt":1796000002500000000,"ExitCode":1,"Reason":"Error","Message":"","Resources":{"linux":{"cpu_period":100000}}}'
const end = { at: 1796000002500, code: 1, isOutOfMemory: false }

test('what containerd writes of an attempt', () => {
  expect(containerd(failed)).toEqual({ started: 1796000001500, end, pid: null })
  const running = failed.replace('"Pid":0', '"Pid":4711').replace(/"FinishedAt":\d+/, '"FinishedAt":0')
  expect(containerd(running)).toEqual({ started: 1796000001500, end: null, pid: 4711 })
  expect(containerd(failed.replace('"Error"', '"OOMKilled"'))?.end).toEqual({ ...end, isOutOfMemory: true })
  expect(containerd(failed.replace('"Error"', '"Unknown"'))?.end).toEqual({ ...end, code: null })
})

/** After CRI-O's source, not seen on a node. */
const stopped =
  '{"ociVersion":"1.2.0","id":"3f","status":"stopped","bundle":"/run","created":"2026-11-29T13:00:00.5Z","started":"2026-11-29T13:00:01.25Z","finished":"2026-11-29T13:00:02.75+01:00","exitCode":1,"initPid":4711,"initStartTime":"33"}'

test('what CRI-O writes of an attempt', () => {
  const started = Date.parse('2026-11-29T13:00:01.250Z')
  const at = Date.parse('2026-11-29T12:00:02.750Z')
  expect(crio(stopped)).toEqual({ started, end: { at, code: 1, isOutOfMemory: false }, pid: 4711 })
  const running = stopped
    .replace('2026-11-29T13:00:02.75+01:00', '0001-01-01T00:00:00Z')
    .replace('"exitCode":1,', '')
  expect(crio(running)).toEqual({ started, end: null, pid: 4711 })
  expect(crio(stopped.replace('"exitCode":1,', ''))?.end?.code).toBeNull()
  expect(crio(stopped.replace('"initPid"', '"oomKilled":true,"initPid"'))?.end?.isOutOfMemory).toBe(true)
})

test.each([
  '',
  '{',
  'null',
  '[]',
  '{"Version":"v2"}',
  failed.replace('"v1"', '"v2"'),
  failed.replace('"ExitCode":1', '"ExitCode":"1"'),
  failed.replace(/"StartedAt":\d+/, '"StartedAt":-1'),
  // It never ran.
  failed.replace(/"StartedAt":\d+/, '"StartedAt":0'),
  '{"started":"soon","finished":"later"}',
  '{"started":"0001-01-01T00:00:00Z"}',
])('%j tells nothing', (text) => {
  expect([containerd(text), crio(text)]).toEqual([null, null])
})
