import type { Answers } from './answers.ts'
import type { ReadQuestion } from './question.ts'

const banner: ReadQuestion = { ask: 'read', path: '/proc/version' }
const ubuntuSignature: ReadQuestion = { ask: 'read', path: '/proc/version_signature' }

/** UTF-16 units. The kernel writes about 200; the patterns below take quadratic time at worst. */
const longest = 1000

export const upstreamQuestions: readonly ReadQuestion[] = [banner, ubuntuSignature]

/**
 * The Linux version that the running kernel was built from, if it says so: Debian's 6.1.0-18-amd64 is 6.1.76, Ubuntu's
 * 5.15.0-91-generic is 5.15.131. The release name, which all kernels of a series share, cannot answer a range such as
 * ">=6.1.63 <6.1.66". RHEL's kernel names no upstream version. Raspberry Pi OS uses an epoch: "Debian 1:6.1.63-1+rpt1".
 * https://wiki.ubuntu.com/Kernel/FAQ https://kernel-team.pages.debian.net/kernel-handbook/ch-versions.html
 */
export function upstreamVersion(answers: Answers): string | null {
  const ubuntu = /^Ubuntu \S+ (\d+\.\d+\.\d+(?:-rc\d+)?)/.exec(textOf(answers, ubuntuSignature))
  const debian = / Debian (?:\d+:)?(\d+\.\d+(?:\.\d+)?(?:~rc\d+)?)\S* \(/.exec(textOf(answers, banner))
  return ubuntu?.[1] ?? debian?.[1] ?? null
}

function textOf(answers: Answers, question: ReadQuestion): string {
  const answer = answers.of(question)
  return answer.fate === 'found' ? answer.value.text.slice(0, longest).trim() : ''
}
