import * as z from 'zod'
import type { Answers } from '#agent/model/answers.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Kind } from '#agent/model/need.ts'
import type { ReadQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { cmdlineAfterBoot } from '#agent/needs/boot/cmdline-boot.ts'
import { listOf, word } from '#agent/needs/parts/bounded.ts'
import { firstFound } from '#agent/needs/parts/first-found.ts'
import { parseOnce } from '#agent/needs/parts/parse-once.ts'
import { bootWith } from '#agent/fixes/generic-fixes.ts'

const parameter = word(
  /^[^\s="'\p{Cc}-][^\s="'\p{Cc}]*(=[^"'\p{Cc}]*)?$/u,
  'is not a parameter: name, or name=value',
)

const schema = z.strictObject({
  kernelCmdline: z
    .union([
      parameter.transform((one) => ({ parameters: [one], absent: false })),
      z
        .strictObject({ anyOf: listOf(parameter).describe('Parameters of which any is enough.') })
        .transform(({ anyOf }) => ({ parameters: anyOf, absent: false })),
      z
        .strictObject({ absent: parameter.describe('A parameter that must not be there.') })
        .transform((spec) => ({ parameters: [spec.absent], absent: true })),
    ])
    .describe(
      'A parameter that the running kernel was booted with: name, whatever its value, or name=value.',
    ),
})

/**
 * A parameter that the running kernel was booted with: `name` is there, whatever its value; `name=value` is there
 * with this value. Values that the need does not name itself are never quoted: installers hand secrets over here.
 */
export const kernelCmdline: Kind<typeof schema> = {
  name: 'kernelCmdline',
  schema,
  subject: ({ kernelCmdline: { parameters, absent } }) => (absent ? 'not ' : '') + parameters.join('|'),
  genericFix: ({ kernelCmdline: { parameters, absent } }) =>
    bootWith(absent ? `Take ${parameters[0]} from` : `Add ${parameters[0]} to`),
  questions: () => [commandLine],
  nextBoot: ({ kernelCmdline: { parameters, absent } }) =>
    absent ? null : (answers, facts) => afterBoot(parameters, answers, facts),
  judge({ kernelCmdline: { parameters, absent } }, answers) {
    const answer = firstFound(answers, [commandLine])
    // Every kernel has one: not to see it is no proof of anything.
    if (answer.fate === 'absent') {
      return verdict('QuestionFailed', { what: commandLine.path, detail: answer.detail })
    }
    if (answer.fate !== 'found') return unanswered(commandLine.path, answer)
    const given = parseCommandLine(answer.value)
    const found = parameters.find((wanted) => isGiven(given, wanted))
    if (absent) {
      return found === undefined
        ? verdict('CmdlineAbsent', { parameter: parameters.join(' or ') })
        : verdict('CmdlineNotWanted', { parameter: found })
    }
    if (found !== undefined) return verdict('CmdlineFound', { parameter: found })
    const other = parameters.find((wanted) => namesake(given, wanted))
    return other === undefined
      ? verdict('CmdlineNotFound', { parameters })
      : verdict('CmdlineOtherValue', { name: nameOf(other), parameters })
  },
}

/** Each of those that are given must go. */
function afterBoot(parameters: readonly string[], answers: Answers, facts: Facts): Verdict | null {
  const answer = answers.of(commandLine)
  if (answer.fate !== 'found') return null
  const given = parameters.filter((wanted) => isGiven(parseCommandLine(answer.value), wanted))
  const gone = given.map((parameter) =>
    cmdlineAfterBoot(parameter, answer.value.text, {
      answers,
      facts,
      fix: bootWith(`Add ${parameter} to`),
    }),
  )
  return gone.includes(null) ? null : (gone[0] ?? null)
}

const commandLine: ReadQuestion = { ask: 'read', path: '/proc/cmdline' }

interface Parameter {
  readonly name: string
  /** null where there is no "=". */
  readonly value: string | null
}

const parseCommandLine = parseOnce(splitCommandLine)

/**
 * As the kernel's next_arg() does it: double quotes hold spaces together, around the value or the whole. What
 * stands after `--` is for the init. Exported for its test.
 * https://docs.kernel.org/admin-guide/kernel-parameters.html
 */
export function splitCommandLine(text: string): readonly Parameter[] {
  const words = splitWords(text)
  const end = words.indexOf('--')
  return (end === -1 ? words : words.slice(0, end)).map((word) => readParameter(word.replaceAll('"', '')))
}

/** By spaces outside of double quotes. The quotes stay. */
function splitWords(text: string): readonly string[] {
  const words: string[] = []
  let isQuoted = false
  let start = 0
  for (let at = 0; at <= text.length; at++) {
    const char = text.charAt(at)
    if (char === '"') isQuoted = !isQuoted
    const isEnd = char === '' || (!isQuoted && /\s/.test(char))
    if (isEnd && at > start) words.push(text.slice(start, at))
    if (isEnd) start = at + 1
  }
  return words
}

function readParameter(word: string): Parameter {
  const at = word.indexOf('=')
  return at === -1
    ? { name: foldName(word), value: null }
    : { name: foldName(word.slice(0, at)), value: word.slice(at + 1) }
}

/** The kernel takes - and _ in a parameter's name for one. */
function foldName(name: string): string {
  return name.replaceAll('-', '_')
}

function nameOf(parameter: string): string {
  return parameter.split('=')[0] ?? parameter
}

/**
 * Of a parameter that is given twice the last one holds, except for these, which are read each time, by the kernel or by
 * modprobe, systemd and dracut.
 * https://docs.kernel.org/admin-guide/kernel-parameters.html kernel-command-line(7) dracut.cmdline(7)
 */
const addUp = new Set([
  'cgroup_disable',
  'cgroup_enable',
  'console',
  'earlycon',
  'hugepages',
  'hugepagesz',
  'initcall_blacklist',
  'ip',
  'memmap',
  'modprobe.blacklist',
  'nameserver',
  'rd.break',
  'rd.dasd',
  'rd.driver.blacklist',
  'rd.driver.post',
  'rd.driver.pre',
  'rd.iscsi.param',
  'rd.luks.name',
  'rd.luks.options',
  'rd.luks.uuid',
  'rd.lvm.lv',
  'rd.lvm.vg',
  'rd.md.uuid',
  'rd.zfcp',
  'rd.znet',
  'systemd.mask',
  'systemd.mount_extra',
  'systemd.set_credential',
  'systemd.setenv',
  'systemd.swap_extra',
  'systemd.wants',
])

/** Of these each word sets or takes back something of its own, in whichever of them it stands. */
const flags = new Set(['amd_iommu', 'intel_iommu', 'iommu', 'pci'])

function isGiven(given: readonly Parameter[], wanted: string): boolean {
  const { name, value } = readParameter(wanted)
  const same = given.filter((one) => one.name === name)
  if (value === null) return same.length > 0
  const words = same.flatMap((one) => one.value?.split(',') ?? [])
  if (flags.has(name)) return value.split(',').every((word) => isSet(words, word))
  return (addUp.has(name) ? same : same.slice(-1)).some((one) => holds(one.value, value))
}

/** `on` is also in `on,sm_on`: most parameters with several values have commas between. */
function holds(value: string | null, wanted: string): boolean {
  return value === wanted || value?.split(',').includes(wanted) === true
}

function isSet(words: readonly string[], wanted: string): boolean {
  const at = words.lastIndexOf(wanted)
  return at !== -1 && !words.slice(at + 1).some((word) => isOpposite(word, wanted))
}

/** `on` and `off`, `sm_on` and `sm_off`, `pt` and `nopt`. */
function isOpposite(word: string, other: string): boolean {
  const [on, off] = [word, other].map((one) => one.replace(/(^|_)off$/, '$1on'))
  return word !== other && (on === off || word === `no${other}` || other === `no${word}`)
}

function namesake(given: readonly Parameter[], wanted: string): boolean {
  const { name } = readParameter(wanted)
  return given.some((one) => one.name === name)
}
