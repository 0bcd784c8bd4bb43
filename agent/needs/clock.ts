import * as z from 'zod'
import type { Answers } from '../model/answers.ts'
import type { Kind } from '../model/need.ts'
import type { RunQuestion, StatQuestion } from '../model/question.ts'
import { unanswered, verdict } from '../model/reason.ts'
import type { Verdict } from '../model/reason.ts'

const schema = z.strictObject({
  clock: z.literal('synchronized').describe('The clock of the host is kept right by a time server.'),
})

/**
 * The clock is kept right by a time server, by the word of who keeps it: systemd-timesyncd's mark or chronyd. timedatectl
 * knows too, but each call of it starts a service on the host.
 */
export const clock: Kind<typeof schema> = {
  name: 'clock',
  schema,
  subject: () => 'synchronized',
  questions: () => [container, timesyncd, tracking],
  judge(_, answers) {
    if (answers.of(container).fate === 'found')
      return verdict('NotApplicable', { why: 'a host in a container has the clock of the machine under it' })
    if (answers.of(timesyncd).fate === 'found')
      return verdict('ClockSynchronized', { by: 'systemd-timesyncd' })
    return judgeChrony(answers)
  },
}

/** https://systemd.io/CONTAINER_INTERFACE */
const container: StatQuestion = { ask: 'stat', path: '/run/systemd/container' }
/** Made when it has heard of a server since the boot: systemd-timesyncd.service(8) */
const timesyncd: StatQuestion = { ask: 'stat', path: '/run/systemd/timesync/synchronized' }
/** Without -n it would ask for the server's name. chronyc(1) */
const tracking: RunQuestion = { ask: 'run', argv: ['chronyc', '-n', 'tracking'] }

function judgeChrony(answers: Answers): Verdict {
  const answer = answers.of(tracking)
  if (answer.fate === 'absent') {
    const detail = 'neither systemd-timesyncd nor chrony has told'
    return verdict('QuestionFailed', { what: 'whether the clock is right', detail })
  }
  if (answer.fate !== 'found') return unanswered('chronyc', answer)
  const leap = /^Leap status\s*:\s*(.+)$/m.exec(answer.value.stdout)?.[1]
  if (leap === undefined) {
    const detail =
      answer.value.stdout.split('\n')[0] || answer.value.stderr.split('\n')[0] || 'it says nothing'
    return verdict('QuestionFailed', { what: 'chronyc', detail })
  }
  return leap.startsWith('Not sync')
    ? verdict('ClockNotSynchronized', { by: 'chronyd' })
    : verdict('ClockSynchronized', { by: 'chronyd' })
}
