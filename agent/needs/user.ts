import * as z from 'zod'
import type { Answers } from '../model/answers.ts'
import type { Kind } from '../model/need.ts'
import type { ReadQuestion } from '../model/question.ts'
import { unanswered, verdict } from '../model/reason.ts'
import type { Verdict } from '../model/reason.ts'

const name = z.string().regex(/^[A-Za-z_][\w.-]{0,31}\$?$/, 'is not the name of a user')
const id = z.int().min(0).max(4_294_967_294)

const schema = z.strictObject({
  user: z
    .union([
      name.transform((one) => ({ name: one })),
      z.strictObject({
        name: name.describe('Its name.'),
        uid: id.optional().describe('The id that it must have.'),
        subids: z
          .int()
          .min(1)
          .max(4_294_967_294)
          .optional()
          .describe('So many subordinate user and group ids at least, in /etc/subuid and /etc/subgid.'),
      }),
    ])
    .describe("A user of the host's own files."),
})

interface Spec {
  readonly name: string
  readonly uid?: number | undefined
  readonly subids?: number | undefined
}

/** A user of the host's own files. What a directory server (sss, ldap, winbind) may know is not asked: then it is unknown. */
export const user: Kind<typeof schema> = {
  name: 'user',
  schema,
  subject: ({ user: spec }) => spec.name,
  questions: ({ user: spec }) => [
    ...passwdFiles,
    sources,
    ...('subids' in spec && spec.subids !== undefined ? subordinate : []),
  ],
  judge({ user: spec }, answers) {
    const found = findUser(spec.name, answers)
    if ('state' in found) return found
    const { uid } = found
    if ('uid' in spec && spec.uid !== undefined && spec.uid !== uid)
      return verdict('UserWrongId', { name: spec.name, uid, wanted: spec.uid })
    return judgeSubordinate(spec, uid, answers)
  },
}

const file = (path: string): ReadQuestion => ({ ask: 'read', path })
/** The second is that of rpm-ostree's systems (nss-altfiles). */
const passwdFiles = [file('/etc/passwd'), file('/usr/lib/passwd')]
const sources = file('/etc/nsswitch.conf')
const subordinate = [file('/etc/subuid'), file('/etc/subgid')]
/** Of nsswitch.conf(5): those that name no user beyond the files, but for systemd's passing ones. */
const local = ['files', 'compat', 'altfiles', 'systemd', 'myhostname']

function findUser(wanted: string, answers: Answers): { uid: number } | Verdict {
  for (const question of passwdFiles) {
    const answer = answers.of(question)
    if (answer.fate === 'found') {
      const fields = answer.value.text.split('\n').map((line) => line.split(':'))
      const uid = fields.find(([one]) => one === wanted)?.[2]
      if (uid !== undefined) return { uid: Number(uid) }
    } else if (answer.fate !== 'absent') return unanswered(question.path, answer)
  }
  return notInFiles(wanted, answers)
}

function notInFiles(wanted: string, answers: Answers): Verdict {
  const [passwd = sources] = passwdFiles
  const main = answers.of(passwd)
  if (main.fate === 'absent') return verdict('QuestionFailed', { what: passwd.path, detail: main.detail })
  const answer = answers.of(sources)
  if (answer.fate !== 'found' && answer.fate !== 'absent') return unanswered(sources.path, answer)
  const line = answer.fate === 'found' ? (/^\s*passwd:(.*)$/m.exec(answer.value.text)?.[1] ?? '') : ''
  const words = line
    .replace(/\[.*?\]|#.*/g, '')
    .split(/\s+/)
    .filter(Boolean)
  const others = words.filter((word) => !local.includes(word))
  if (others.length === 0) return verdict('UserNotFound', { name: wanted })
  const detail = `it is in no file, and ${others.join(', ')} may know it`
  return verdict('QuestionFailed', { what: `user ${wanted}`, detail })
}

function judgeSubordinate(spec: Spec, uid: number, answers: Answers): Verdict {
  if (spec.subids === undefined) return verdict('UserFound', { name: spec.name, uid })
  for (const question of subordinate) {
    const answer = answers.of(question)
    if (answer.fate !== 'found' && answer.fate !== 'absent') return unanswered(question.path, answer)
    const text = answer.fate === 'found' ? answer.value.text : ''
    const { path } = question
    if (countOf(text, [spec.name, String(uid)]) < spec.subids)
      return verdict('UserTooFewIds', { name: spec.name, path, wanted: spec.subids })
  }
  return verdict('UserFound', { name: spec.name, uid })
}

/** `name-or-uid:first:count`, https://man7.org/linux/man-pages/man5/subuid.5.html */
function countOf(text: string, owners: readonly string[]): number {
  const lines = text.split('\n').map((line) => line.split(':'))
  const own = lines.filter(([owner = '']) => owners.includes(owner))
  return own.reduce((sum, [, , count]) => sum + (Number(count) || 0), 0)
}
