import * as z from 'zod'
import type { Answers } from '../model/answers.ts'
import type { Kind } from '../model/need.ts'
import type { ReadQuestion } from '../model/question.ts'
import { unanswered, verdict } from '../model/reason.ts'
import type { Verdict } from '../model/reason.ts'
import { compareKernelVersions, hasRevision } from '../versions/kernel.ts'
import type { Compare } from '../versions/order.ts'
import { inRange, parseRange, rangePattern } from '../versions/range.ts'
import { firstFound } from './first-found.ts'
import { anotherKernel, mendedKernel } from '../fixes/usual-fixes.ts'

const range = z
  .string()
  .superRefine((text, context) => {
    const parsed = parseRange(text)
    if ('error' in parsed) context.addIssue({ code: 'custom', message: parsed.error })
  })
  .meta({ pattern: rangePattern })

const schema = z.strictObject({
  kernelVersion: range.describe(
    'The versions that the running kernel may have: ">=5.4"; with when: { os: [rhel] } also by the distribution\'s own number: ">=4.18.0-305".',
  ),
  notIn: z.array(range).min(1).optional().describe('Known-bad versions: ">=6.1.63 <6.1.66".'),
  note: z.string().trim().min(1).max(200).optional().describe('What is wrong with the known-bad ones.'),
})

type Spec = z.infer<typeof schema>

/** The version of the running kernel, and ranges it must not be in. */
export const kernelVersion: Kind<typeof schema> = {
  name: 'kernelVersion',
  schema,
  subject: (spec) => [spec.kernelVersion, ...(spec.notIn ?? []).map((bad) => `not ${bad}`)].join(','),
  usualFix: (_, reason) => (reason === 'KernelVersionBad' ? mendedKernel : anotherKernel),
  questions: () => [release, banner, ubuntuSignature],
  judge(spec, answers, facts) {
    const named = facts.kernel ?? lineOf(answers, release)
    if (named === null) return unknownRelease(answers)
    return judgeVersion(spec, { named, exact: exactVersion(answers) })
  },
}

const release: ReadQuestion = { ask: 'read', path: '/proc/sys/kernel/osrelease' }
const banner: ReadQuestion = { ask: 'read', path: '/proc/version' }
const ubuntuSignature: ReadQuestion = { ask: 'read', path: '/proc/version_signature' }

/** `named` is what `uname -r` says; `exact` the upstream version it was built from, where the kernel tells. */
interface Version {
  readonly named: string
  readonly exact: string | null
}

/**
 * Debian's 6.1.0-18-amd64 is 6.1.76, Ubuntu's 5.15.0-91-generic is 5.15.131: the name that all their kernels of a
 * series share says nothing of a range such as ">=6.1.63 <6.1.66". RHEL's has no upstream version to tell.
 * https://wiki.ubuntu.com/Kernel/FAQ https://kernel-team.pages.debian.net/kernel-handbook/ch-versions.html
 */
function exactVersion(answers: Answers): string | null {
  const ubuntu = /^Ubuntu \S+ (\d+\.\d+\.\d+)/.exec(lineOf(answers, ubuntuSignature) ?? '')
  const debian = / Debian (\d+\.\d+\.\d+)\S* \(/.exec(lineOf(answers, banner) ?? '')
  return ubuntu?.[1] ?? debian?.[1] ?? null
}

function judgeVersion(spec: Spec, { named, exact }: Version): Verdict {
  const version = exact === null || named.startsWith(exact) ? named : `${named} (${exact})`
  const isIn = (text: string) => isInRange({ named, exact }, text)
  const bad = (spec.notIn ?? []).find(isIn)
  if (!isIn(spec.kernelVersion)) return verdict('KernelTooOld', { version, wanted: spec.kernelVersion })
  if (bad === undefined) return verdict('KernelVersionOk', { version })
  const evidence = spec.note === undefined ? [] : [spec.note]
  return verdict('KernelVersionBad', { version, range: bad }, { evidence })
}

/** A bound like 5.15.0-94 is one of the distribution's own numbers, and is held against what it calls the kernel. */
function isInRange({ named, exact }: Version, text: string): boolean {
  const parsed = parseRange(text)
  const compare: Compare = (version, wanted) =>
    compareKernelVersions(hasRevision(wanted) ? named : version, wanted)
  return 'range' in parsed && inRange(exact ?? named, parsed.range, compare)
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
