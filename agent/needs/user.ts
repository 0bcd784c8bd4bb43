import * as z from 'zod'
import type { Answers } from '#agent/model/answers.ts'
import type { Kind } from '#agent/model/need.ts'
import type { ReadQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { word } from '#agent/needs/parts/bounded.ts'

const name = word(/^[A-Za-z_][\w.-]{0,31}\$?$/, 'is not the name of a user')
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
    passwd,
    imagePasswd,
    switches,
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
const passwd = file('/etc/passwd')
/** Of rpm-ostree's systems (nss-altfiles). */
const imagePasswd = file('/usr/lib/passwd')
const switches = file('/etc/nsswitch.conf')
const subordinate = [file('/etc/subuid'), file('/etc/subgid')]
/** Of nsswitch.conf(5): those that name no user beyond the files, but for systemd's passing ones. */
const local = ['files', 'compat', 'altfiles', 'systemd', 'myhostname']

function findUser(wanted: string, answers: Answers): { uid: number } | Verdict {
  for (const question of [passwd, imagePasswd]) {
    const answer = answers.of(question)
    if (answer.fate === 'found') {
      const fields = answer.value.text.split('\n').map((line) => line.split(':'))
      const uid = fields.find((one) => one[0] === wanted && one.length === fieldCount)?.[2]
      if (uid !== undefined) return { uid: Number(uid) }
      if (isCut(answer.value.text)) return unseen(wanted, `${question.path} is cut off`)
    } else if (answer.fate !== 'absent') return unanswered(question.path, answer)
  }
  return notInFiles(wanted, answers)
}

/** passwd(5) */
const fieldCount = 7

/**
 * Its last line is not whole. People edit the file, so that it may lack its end; then the shell, which is its last field, must
 * be one. Those of compat, with + or -, may be short: nsswitch.conf(5).
 */
function isCut(text: string): boolean {
  const lines = text.split('\n')
  const last = lines.findLast((line) => line.trim() !== '') ?? ''
  if (last === '' || /^[+-]/.test(last)) return false
  const fields = last.split(':')
  if (fields.length !== fieldCount) return true
  return lines.at(-1) === last && !isShell(fields[fieldCount - 1] ?? '', lines.slice(0, -1))
}

/** One that others have too, or that every system has. */
function isShell(shell: string, others: readonly string[]): boolean {
  if (shell === '' || others.some((line) => line.endsWith(`:${shell}`))) return true
  return /^(\/usr)?\/s?bin\/(sh|bash|ash|dash|zsh|fish|nologin|false|true|sync)$/.test(shell)
}

function notInFiles(wanted: string, answers: Answers): Verdict {
  const main = answers.of(passwd)
  if (main.fate !== 'found') return unseen(wanted, main.detail)
  if (main.value.text.trim() === '') return unseen(wanted, `${passwd.path} is empty`)
  const sources = readSources('passwd', answers)
  if ('state' in sources) return sources
  const { words, isCut: isDoubtful } = sources
  if (isDoubtful) return unseen(wanted, `it is in no file, and ${switches.path} is cut off`)
  const others = words.filter((word) => !local.includes(word))
  const mayBeNis = /^\+/m.test(main.value.text) && (words.length === 0 || words.includes('compat'))
  if (others.length === 0 && !mayBeNis) return verdict('UserNotFound', { name: wanted })
  return unseen(wanted, `it is in no file, and ${others.join(', ') || 'NIS'} may know it`)
}

function unseen(wanted: string, detail: string): Verdict {
  return verdict('QuestionFailed', { what: `user ${wanted}`, detail })
}

/** Who is asked for a database, by nsswitch.conf(5); none where it does not say. */
interface Sources {
  readonly words: readonly string[]
  /** People edit it, but where its last line has no end, that and what came after may have been cut off. */
  readonly isCut: boolean
}

function readSources(database: string, answers: Answers): Sources | Verdict {
  const answer = answers.of(switches)
  if (answer.fate === 'absent') return { words: [], isCut: false }
  if (answer.fate !== 'found') return unanswered(switches.path, answer)
  const lines = answer.value.text.split('\n').map((line) => line.trim())
  const at = lines.findIndex((line) => line.startsWith(`${database}:`))
  const [words = ''] = (lines[at] ?? '').slice(database.length + 1).split('#')
  const isWhole = lines.length > 1 && (lines.at(-1) === '' || (at !== -1 && at < lines.length - 1))
  return { words: withoutActions(words).split(/\s+/).filter(Boolean), isCut: !isWhole }
}

/** `[NOTFOUND=return]` */
function withoutActions(words: string): string {
  const parts = words.split('[')
  return parts.map((part, index) => (index === 0 ? part : part.slice(part.indexOf(']') + 1))).join(' ')
}

function judgeSubordinate(spec: Spec, uid: number, answers: Answers): Verdict {
  if (spec.subids === undefined) return verdict('UserFound', { name: spec.name, uid })
  const sources = readSources('subid', answers)
  if ('state' in sources) return sources
  const others = sources.words.filter((source) => source !== 'files')
  if (others.length > 0) return unseen(spec.name, `its subordinate ids are given by ${others.join(', ')}`)
  for (const question of subordinate) {
    const answer = answers.of(question)
    if (answer.fate !== 'found' && answer.fate !== 'absent') return unanswered(question.path, answer)
    const text = answer.fate === 'found' ? answer.value.text : ''
    const { path } = question
    const owners = [spec.name, String(uid)]
    const isEnough = countOf(text, owners) >= spec.subids
    const cut = isEndDoubtful(text, owners) ? path : sources.isCut ? switches.path : null
    if (!isEnough && cut !== null) return unseen(spec.name, `${cut} is cut off`)
    if (!isEnough) return verdict('UserTooFewIds', { name: spec.name, path, wanted: spec.subids })
  }
  return verdict('UserFound', { name: spec.name, uid })
}

/** Its last line has no end and either not all fields, or a number of the user's that may have had more digits. */
function isEndDoubtful(text: string, owners: readonly string[]): boolean {
  const last = text.split('\n').at(-1) ?? ''
  if (last.trim() === '') return false
  const [owner = '', ...fields] = last.split(':')
  return owners.includes(owner) || fields.length !== 2 || !fields.every((field) => /^\d+$/.test(field))
}

/** `name-or-uid:first:count`, https://man7.org/linux/man-pages/man5/subuid.5.html */
function countOf(text: string, owners: readonly string[]): number {
  const lines = text.split('\n').map((line) => line.split(':'))
  const own = lines.filter(([owner = '']) => owners.includes(owner))
  return own.reduce((sum, [, , count]) => sum + (Number(count) || 0), 0)
}
