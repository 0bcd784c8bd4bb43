import { X509Certificate } from 'node:crypto'
import * as z from 'zod'
import { longestName } from '#agent/model/bounds.ts'
import { durationPattern, parseDuration } from '#agent/model/duration.ts'
import type { Kind } from '#agent/model/need.ts'
import type { ReadQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import { absolutePath } from './absolute-path.ts'

/** To read /proc/kmsg takes away what it holds, and trace_pipe under /sys the same. */
const path = absolutePath.refine(
  (text) => !/^\/(proc|sys|dev)(\/|$)/.test(text),
  'is no place of a certificate: it is the kernel that shows what is there',
)

const schema = z.strictObject({
  certificate: z
    .union([
      path.transform((one) => ({ path: one, valid: '0s' })),
      z.strictObject({
        path: path.describe('Where it is; of several in a file the first counts, which is the leaf.'),
        valid: z
          .string()
          .max(longestName)
          .refine((text) => parseDuration(text) !== null, 'must be a length of time, like 7d')
          .meta({ pattern: durationPattern })
          .describe('How long it must stay valid from now: 7d.'),
      }),
    ])
    .describe('A certificate in PEM that is valid now.'),
})

/** A certificate in PEM, valid now and for some time to come; of several in a file the first, which is the leaf. */
export const certificate: Kind<typeof schema> = {
  name: 'certificate',
  schema,
  subject: ({ certificate: spec }) => spec.path,
  questions: ({ certificate: spec }) => [questionFor(spec.path)],
  reads: ({ certificate: spec }) => ({ path: spec.path, as: 'certificate' }),
  judge({ certificate: spec }, answers, { now }) {
    const answer = answers.of(questionFor(spec.path))
    if (answer.fate === 'absent') return verdict('CertificateNotFound', { path: spec.path })
    if (answer.fate !== 'found') return unanswered(spec.path, answer)
    const parsed = parse(answer.value.text)
    if (parsed === null)
      return verdict('QuestionFailed', { what: spec.path, detail: 'it has no certificate in PEM' })
    const { from, to } = parsed
    const seen = { evidence: [`valid from ${day(from)} to ${day(to)}`] }
    if (now > to) return verdict('CertificateExpired', { path: spec.path }, seen)
    if (now < from) return verdict('CertificateNotYetValid', { path: spec.path }, seen)
    if (now + (parseDuration(spec.valid) ?? 0) > to)
      return verdict('CertificateExpiresSoon', { path: spec.path, valid: spec.valid }, seen)
    return verdict('CertificateValid', { path: spec.path }, seen)
  },
}

function questionFor(file: string): ReadQuestion {
  return { ask: 'read', path: file }
}

/** The same file may hold the private key, of which nothing is looked at. Times are milliseconds. */
function parse(text: string): { from: number; to: number } | null {
  const [pem] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text) ?? []
  if (pem === undefined) return null
  try {
    const { validFromDate, validToDate } = new X509Certificate(pem)
    return { from: validFromDate.getTime(), to: validToDate.getTime() }
  } catch {
    return null
  }
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
