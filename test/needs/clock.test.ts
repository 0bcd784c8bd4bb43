import { expect, test } from 'vitest'
import type { Answer, Question } from '#agent/model/question.ts'
import { clock } from '#agent/needs/clock.ts'
import { absent, found, judgeBy, provesNothing } from './answer-each.ts'

const written = { clock: 'synchronized' }

/** What the host says; the kernel by default that nobody keeps its clock. */
interface Said {
  readonly kernel?: Answer<unknown>
  readonly chronyc?: Answer<unknown>
  readonly timesyncd?: Answer<unknown>
  readonly container?: Answer<unknown>
}

function judge({ kernel = unkept, chronyc = absent, timesyncd = inactive, container = absent }: Said) {
  const answers: Partial<Record<Question['ask'], Answer<unknown>>> = {
    kernelClock: kernel,
    run: chronyc,
    unit: timesyncd,
    stat: container,
  }
  return judgeBy(clock, written, { answer: ({ ask }) => answers[ask] ?? absent })
}

const kept = found({ isSynchronized: true })
const unkept = found({ isSynchronized: false })
const unit = (ActiveState: string) =>
  found({ LoadState: 'loaded', ActiveState, SubState: '', UnitFileState: '' })
const [active, inactive] = [unit('active'), unit('inactive')]
const said = (stdout: string, stderr = '') =>
  found({ exitCode: stdout ? 0 : 1, signal: null, stdout, stderr, truncated: false })
const inSync = 'Reference ID    : A29FC801 (162.159.200.1)\nStratum         : 4\nLeap status     : Normal\n'
const lost = said(inSync.replace('Normal', 'Not synchronised'))
const noDaemon = said('506 Cannot talk to daemon\n')

test.each<[string, Said, string, string]>([
  ['chronyd keeps it', { chronyc: said(inSync) }, 'ClockSynchronized', 'by chronyd'],
  [
    'and awaits a leap second',
    { chronyc: said(inSync.replace('Normal', 'Insert second')) },
    'ClockSynchronized',
    'by chronyd',
  ],
  [
    'chronyd does not tell the kernel',
    { kernel: unkept, chronyc: said(inSync) },
    'ClockSynchronized',
    'by chronyd',
  ],
  ['chronyd has no source', { kernel: kept, chronyc: lost }, 'ClockNotSynchronized', 'chronyd has no source'],
  ['timesyncd keeps it', { kernel: kept, timesyncd: active }, 'ClockSynchronized', 'by systemd-timesyncd'],
  [
    'timesyncd has heard of no server for hours',
    { timesyncd: active },
    'ClockNotSynchronized',
    'systemd-timesyncd has no source',
  ],
  ['ntpd, PTP or another keeps it', { kernel: kept }, 'ClockSynchronized', 'by a time service'],
  [
    'another, where chronyd does not run',
    { kernel: kept, chronyc: noDaemon },
    'ClockSynchronized',
    'by a time service',
  ],
  ['another that may not tell the kernel', {}, 'QuestionFailed', 'no time service has told the kernel'],
  [
    'chronyd does not run, and nobody else told',
    { chronyc: noDaemon },
    'QuestionFailed',
    'no time service has told',
  ],
  ['chronyc says nothing', { chronyc: said('', '') }, 'QuestionFailed', 'no time service has told'],
  [
    'of units nothing is known',
    { timesyncd: { fate: 'failed', detail: 'no bus' } },
    'QuestionFailed',
    'no time service has told',
  ],
  ['a container', { container: found({}), chronyc: lost }, 'NotApplicable', 'in a container'],
])('%s', (_, host, reason, words) => {
  const verdict = judge(host)
  expect(verdict.reason).toBe(reason)
  expect(verdict.message).toContain(words)
})

test.each(provesNothing)('a kernel that cannot be asked: %j', (answer, reason) => {
  expect(judge({ kernel: answer }).reason).toBe(reason)
  expect(judge({ kernel: answer, timesyncd: active }).reason).toBe(reason)
  expect(judge({ kernel: answer, chronyc: said(inSync) }).reason).toBe('ClockSynchronized')
})

test.each(provesNothing)('chronyc: %j', (answer, reason) => {
  expect(judge({ chronyc: answer }).reason).toBe(reason)
  expect(judge({ chronyc: answer, kernel: kept }).reason).toBe('ClockSynchronized')
})

test.each(provesNothing)('whether it is a container: %j', (answer, reason) => {
  expect(judge({ container: answer, chronyc: lost }).reason).toBe(reason)
})

test('what chronyc prints is not told', () => {
  const verdict = judge({ chronyc: said('', 'Could not open /etc/chrony.keys: s3cret\n') })
  expect(JSON.stringify(verdict)).not.toContain('s3cret')
})
