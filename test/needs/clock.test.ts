import { expect, test } from 'vitest'
import type { Question } from '../../agent/model/question.ts'
import { clock } from '../../agent/needs/clock.ts'
import { absent, found, judgeBy, provesNothing } from './answer-each.ts'

const written = { clock: 'synchronized' }
const mark = '/run/systemd/timesync/synchronized'
const stat = { type: 'file', mode: 0o644, uid: 0, gid: 0, size: 0, realPath: mark }
const said = (stdout: string, stderr = '') => ({
  exitCode: stdout ? 0 : 1,
  signal: null,
  stdout,
  stderr,
  truncated: false,
})
const by = (paths: readonly string[], chronyc: unknown) => (question: Question) => {
  if (question.ask === 'stat') return paths.includes(question.path) ? found(stat) : absent
  return chronyc === null ? absent : found(chronyc)
}

const inSync = 'Reference ID    : A29FC801 (162.159.200.1)\nStratum         : 4\nLeap status     : Normal\n'
const leap = inSync.replace('Normal', 'Insert second')
const lost = inSync.replace('Normal', 'Not synchronised')

test.each<[string, (question: Question) => ReturnType<typeof found>, string]>([
  ['timesyncd has heard of a server', by([mark], null), 'ClockSynchronized'],
  ['chronyd has', by([], said(inSync)), 'ClockSynchronized'],
  ['chronyd awaits a leap second', by([], said(leap)), 'ClockSynchronized'],
  ['chronyd has no source', by([], said(lost)), 'ClockNotSynchronized'],
  ['chronyd does not run', by([], said('506 Cannot talk to daemon\n')), 'QuestionFailed'],
  ['chronyc says nothing', by([], said('', '')), 'QuestionFailed'],
  ['nobody knows', by([], null), 'QuestionFailed'],
  ['a container', by(['/run/systemd/container'], said(lost)), 'NotApplicable'],
])('%s', (_, answer, reason) => {
  expect(judgeBy(clock, written, { answer }).reason).toBe(reason)
})

test.each(provesNothing)('%j is unknown', (answer, reason) => {
  const host = { answer: (question: Question) => (question.ask === 'run' ? answer : absent) }
  expect(judgeBy(clock, written, host).reason).toBe(reason)
})
