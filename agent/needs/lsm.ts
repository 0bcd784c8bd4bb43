import * as z from 'zod'
import type { Answers } from '#agent/model/answers.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Kind } from '#agent/model/need.ts'
import type { ReadQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { listOf, word } from '#agent/needs/parts/bounded.ts'
import { kernelConfigQuestions, readKernelConfig } from '#agent/needs/parts/kernel-config-file.ts'

const name = word(/^[a-z_]+$/, 'is not the name of a Linux Security Module')
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
            .union([modes.transform((one) => [one]), listOf(modes)])
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
  questions: (_, facts) => [active, apparmor, enforce, label, ...kernelConfigQuestions(facts.kernel)],
  judge({ lsm: spec }, answers, facts) {
    const isActive = findModule(spec.name, answers, facts)
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

/** The label of process 1: of SELinux a mere name before its policy is loaded, then user:role:type:level. */
const label: ReadQuestion = { ask: 'read', path: '/proc/1/attr/current' }

/** The options that build them. https://docs.kernel.org/admin-guide/LSM/index.html */
const options: Readonly<Record<string, string>> = {
  apparmor: 'CONFIG_SECURITY_APPARMOR',
  bpf: 'CONFIG_BPF_LSM',
  landlock: 'CONFIG_SECURITY_LANDLOCK',
  loadpin: 'CONFIG_SECURITY_LOADPIN',
  lockdown: 'CONFIG_SECURITY_LOCKDOWN_LSM',
  safesetid: 'CONFIG_SECURITY_SAFESETID',
  selinux: 'CONFIG_SECURITY_SELINUX',
  smack: 'CONFIG_SECURITY_SMACK',
  tomoyo: 'CONFIG_SECURITY_TOMOYO',
  yama: 'CONFIG_SECURITY_YAMA',
}

/** The kernel's list; where securityfs is not mounted, the mark that a module leaves elsewhere, or that it is not built in. */
function findModule(wanted: string, answers: Answers, facts: Facts): boolean | Verdict {
  const list = answers.of(active)
  if (list.fate === 'found') {
    const isNamed = list.value.text.trim().split(',').includes(wanted)
    return isNamed && wanted === 'selinux' ? hasPolicy(answers) : isNamed
  }
  const mark = wanted === 'apparmor' ? apparmor : wanted === 'selinux' ? enforce : null
  const trace = mark && answers.of(mark)
  if (trace?.fate === 'found') return wanted === 'selinux' || trace.value.text.trim() === 'Y'
  if (list.fate !== 'absent') return unanswered(active.path, list)
  return isBuilt(wanted, answers, facts) === false
    ? false
    : verdict('QuestionFailed', { what: active.path, detail: list.detail })
}

/**
 * With SELINUX=disabled in its configuration SELinux is on the list, with nothing to enforce.
 * https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/9/html/using_selinux/changing-selinux-states-and-modes_using-selinux
 */
function hasPolicy(answers: Answers): boolean | Verdict {
  const mounted = answers.of(enforce)
  if (mounted.fate === 'found') return true
  if (mounted.fate !== 'absent') return unanswered(enforce.path, mounted)
  const own = answers.of(label)
  if (own.fate === 'found') return own.value.text.includes(':')
  const what = 'whether SELinux has a policy'
  return own.fate === 'absent'
    ? verdict('QuestionFailed', { what, detail: mounted.detail })
    : unanswered(what, own)
}

/** null when the configuration or the option is not known. */
function isBuilt(wanted: string, answers: Answers, { kernel }: Facts): boolean | null {
  const config = readKernelConfig(answers, kernel)
  const option = options[wanted]
  const value = config.fate === 'found' && option !== undefined ? config.value(option) : null
  return value === null ? null : value !== 'n'
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
