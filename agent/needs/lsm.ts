import * as z from 'zod'
import type { Answers } from '../model/answers.ts'
import type { Kind } from '../model/need.ts'
import type { ReadQuestion } from '../model/question.ts'
import { unanswered, verdict } from '../model/reason.ts'
import type { Verdict } from '../model/reason.ts'

const name = z.string().regex(/^[a-z_]+$/, 'is not the name of a Linux Security Module')
const modes = z.enum(['enforcing', 'permissive'])

const schema = z.strictObject({
  lsm: z
    .union([
      name.transform((one) => ({ name: one, mode: null })),
      z
        .strictObject({
          name: z
            .literal('selinux', { error: 'must be selinux: only it has a mode' })
            .describe('selinux, the only one that has a mode.'),
          mode: z
            .union([modes.transform((one) => [one]), z.array(modes).min(1)])
            .describe('What it does with what it would forbid; of several any will do.'),
        })
        .transform(({ name: one, mode }) => ({ name: one, mode })),
    ])
    .describe('A Linux Security Module that is active: apparmor, selinux.'),
})

/** A Linux Security Module that is active in this kernel, and what SELinux does with what it would forbid. */
export const lsm: Kind<typeof schema> = {
  name: 'lsm',
  schema,
  subject: ({ lsm: { name: one, mode } }) => [one, ...(mode ?? [])].join('|'),
  questions: () => [active, apparmor, enforce],
  judge({ lsm: spec }, answers) {
    const isActive = findModule(spec.name, answers)
    if (typeof isActive === 'object') return isActive
    if (!isActive) return verdict('LsmNotActive', { name: spec.name })
    return spec.mode === null ? verdict('LsmActive', { name: spec.name }) : judgeMode(spec.mode, answers)
  },
}

/** https://docs.kernel.org/admin-guide/LSM/index.html */
const active: ReadQuestion = { ask: 'read', path: '/sys/kernel/security/lsm' }
/** https://apparmor.net: Y or N, there when it is built in. */
const apparmor: ReadQuestion = { ask: 'read', path: '/sys/module/apparmor/parameters/enabled' }
/** There while selinuxfs is mounted: https://man7.org/linux/man-pages/man8/selinux.8.html */
const enforce: ReadQuestion = { ask: 'read', path: '/sys/fs/selinux/enforce' }

/** The kernel's list; where securityfs is not mounted, the mark that a module leaves elsewhere. */
function findModule(wanted: string, answers: Answers): boolean | Verdict {
  const list = answers.of(active)
  if (list.fate === 'found') return list.value.text.trim().split(',').includes(wanted)
  const mark = wanted === 'apparmor' ? apparmor : wanted === 'selinux' ? enforce : null
  const trace = mark && answers.of(mark)
  if (trace?.fate === 'found') return wanted === 'selinux' || trace.value.text.trim() === 'Y'
  if (list.fate !== 'absent') return unanswered(active.path, list)
  return verdict('QuestionFailed', { what: active.path, detail: list.detail })
}

function judgeMode(wanted: readonly string[], answers: Answers): Verdict {
  const answer = answers.of(enforce)
  if (answer.fate === 'absent')
    return verdict('QuestionFailed', { what: enforce.path, detail: answer.detail })
  if (answer.fate !== 'found') return unanswered(enforce.path, answer)
  const mode = answer.value.text.trim() === '1' ? 'enforcing' : 'permissive'
  return wanted.includes(mode)
    ? verdict('SelinuxMode', { mode })
    : verdict('SelinuxWrongMode', { mode, wanted })
}
