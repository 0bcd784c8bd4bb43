import * as z from 'zod'
import type { Answers } from '#agent/model/answers.ts'
import type { Kind } from '#agent/model/need.ts'
import type { ReadQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { upstreamQuestions, upstreamVersion } from '#agent/model/upstream-kernel.ts'
import { isKernelIn } from '#agent/versions/kernel.ts'
import type { RunningKernel } from '#agent/versions/kernel.ts'
import { listOf } from '#agent/needs/parts/bounded.ts'
import { firstFound } from '#agent/needs/parts/first-found.ts'
import { rangeText } from '#agent/needs/parts/version-range.ts'
import { anotherKernel, fixedKernel } from '#agent/fixes/generic-fixes.ts'

const schema = z.strictObject({
  kernelVersion: rangeText.describe(
    'The versions that the running kernel may have: ">=5.4"; with when: { os: [rhel] } also by the distribution\'s own number: ">=4.18.0-305".',
  ),
  notIn: listOf(rangeText).optional().describe('Known-bad versions: ">=6.1.63 <6.1.66".'),
  note: z.string().trim().min(1).max(200).optional().describe('What is wrong with the known-bad ones.'),
})

type Spec = z.infer<typeof schema>

/** The version of the running kernel, and ranges it must not be in. */
export const kernelVersion: Kind<typeof schema> = {
  name: 'kernelVersion',
  schema,
  subject: (spec) => [spec.kernelVersion, ...(spec.notIn ?? []).map((bad) => `not ${bad}`)].join(','),
  genericFix: (_, reason) => (reason === 'KernelVersionBad' ? fixedKernel : anotherKernel),
  questions: () => [release, ...upstreamQuestions],
  judge(spec, answers, facts) {
    const named = facts.kernel ?? lineOf(answers, release)
    if (named === null) return unknownRelease(answers)
    return judgeVersion(spec, { named, exact: upstreamVersion(answers) })
  },
}

const release: ReadQuestion = { ask: 'read', path: '/proc/sys/kernel/osrelease' }

function judgeVersion(spec: Spec, kernel: RunningKernel): Verdict {
  const { named, exact } = kernel
  const version = exact === null || named.startsWith(exact) ? named : `${named} (${exact})`
  const isIn = (text: string) => isKernelIn(kernel, text)
  const bad = (spec.notIn ?? []).find(isIn)
  if (!isIn(spec.kernelVersion)) return verdict('KernelTooOld', { version, wanted: spec.kernelVersion })
  if (bad === undefined) return verdict('KernelVersionOk', { version })
  const evidence = spec.note === undefined ? [] : [spec.note]
  return verdict('KernelVersionBad', { version, range: bad }, { evidence })
}

function unknownRelease(answers: Answers): Verdict {
  const what = 'the version of the kernel'
  const source = firstFound(answers, [release])
  if (source.fate === 'found') return verdict('QuestionFailed', { what, detail: `${release.path} is empty` })
  if (source.fate !== 'absent') return unanswered(what, source)
  return verdict('QuestionFailed', { what, detail: `${release.path}: ${source.detail}` })
}

function lineOf(answers: Answers, question: ReadQuestion): string | null {
  const answer = answers.of(question)
  const line = answer.fate === 'found' ? answer.value.text.trim() : ''
  return line === '' ? null : line
}
