import * as z from 'zod'
import type { Answers } from '#agent/model/answers.ts'
import type { Kind } from '#agent/model/need.ts'
import type { KernelClockQuestion, RunQuestion, StatQuestion, UnitQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'

const schema = z.strictObject({
  clock: z.literal('synchronized').describe('The clock of the host is kept right by a time server.'),
})

/**
 * The clock is kept right by a time server, by the word of chronyd, or of the kernel, which all others tell (ntpd, PTP,
 * systemd-timesyncd), but for some: that the kernel was not told is proof only against timesyncd.
 */
export const clock: Kind<typeof schema> = {
  name: 'clock',
  schema,
  isHostWide: true,
  subject: () => 'synchronized',
  questions: (_, { init }) => [
    container,
    tracking,
    kernelClock,
    ...(init.type === 'systemd' ? [timesyncd] : []),
  ],
  judge(_, answers) {
    const inContainer = answers.of(container)
    if (inContainer.fate === 'found')
      return verdict('NotApplicable', { why: 'a host in a container has the clock of the machine under it' })
    if (inContainer.fate !== 'absent') return unanswered(container.path, inContainer)
    return judgeChrony(answers) ?? judgeKernel(answers)
  },
}

/** https://systemd.io/CONTAINER_INTERFACE */
const container: StatQuestion = { ask: 'stat', path: '/run/systemd/container' }
/** Without -n it would ask for the server's name. chronyc(1) */
export const tracking: RunQuestion = { ask: 'run', argv: ['chronyc', '-n', 'tracking'] }
const kernelClock: KernelClockQuestion = { ask: 'kernelClock' }
/** It tells the kernel each time that it has heard of a server. */
const timesyncd: UnitQuestion = { ask: 'unit', name: 'systemd-timesyncd.service' }

/** null where chronyd does not run: without `rtcsync` it tells nobody else. */
function judgeChrony(answers: Answers): Verdict | null {
  const answer = answers.of(tracking)
  const leap = answer.fate === 'found' && /^Leap status\s*:\s*(.+)$/m.exec(answer.value.stdout)?.[1]
  if (!leap) return null
  return leap.startsWith('Not sync')
    ? verdict('ClockNotSynchronized', { by: 'chronyd' })
    : verdict('ClockSynchronized', { by: 'chronyd' })
}

function judgeKernel(answers: Answers): Verdict {
  const kernel = answers.of(kernelClock)
  const unit = answers.of(timesyncd)
  const chronyc = answers.of(tracking)
  const isTimesyncd = unit.fate === 'found' && unit.value.ActiveState === 'active'
  const what = 'whether the clock is right'
  if (kernel.fate === 'absent') return verdict('QuestionFailed', { what, detail: kernel.detail })
  if (kernel.fate !== 'found') return unanswered(what, kernel)
  if (kernel.value.isSynchronized)
    return verdict('ClockSynchronized', { by: isTimesyncd ? 'systemd-timesyncd' : 'a time service' })
  if (chronyc.fate !== 'found' && chronyc.fate !== 'absent') return unanswered('chronyc', chronyc)
  if (isTimesyncd) return verdict('ClockNotSynchronized', { by: 'systemd-timesyncd' })
  return verdict('QuestionFailed', {
    what,
    detail: 'no time service has told the kernel that the clock is synchronized',
  })
}
