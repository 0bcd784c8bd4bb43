import * as z from 'zod'
import { longestName } from '#agent/model/bounds.ts'
import type { Facts, Init } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'
import type { Kind } from '#agent/model/need.ts'
import type { ReadQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { word } from '#agent/needs/parts/bounded.ts'
import { firstFound } from '#agent/needs/parts/first-found.ts'
import { setSysctl } from '#agent/fixes/generic-fixes.ts'
import { sysctlFile } from '#agent/fixes/lasting-lines.ts'
import { sysctlAfterBoot } from '#agent/needs/boot/sysctl-boot.ts'
import { sysctlFileQuestions, undoing } from './sysctl-files.ts'
import { isSecret, keyPath } from '#agent/needs/parts/sysctl-key.ts'
import type { Answers } from '#agent/model/answers.ts'

/** A single quote or a control character would end the quotes of the command that sets it. */
const text = z
  .string()
  .trim()
  .min(1)
  .max(longestName)
  .regex(/^[^'\p{Cc}]+$/u, 'holds a character that no setting has')
/** Numbers beyond 2^53 are written as text. */
const value = z.union([z.int(), text]).transform((given) => fieldsOf(String(given)))
const numbers = value.refine(
  (fields) => fields.every(isNumber),
  'is not a whole number, or several with spaces between',
)

const schema = z
  .strictObject({
    sysctl: word(/^\w[\w./:@-]*$/, 'is not the name of a sysctl')
      .refine((key) => keyPath(key) !== null, 'is not the name of a sysctl')
      .describe(
        'A setting of the kernel as it is now, written as sysctl(8) does, with dots or with slashes.',
      ),
    is: value.optional().describe('What it must be; of several values, with spaces between.'),
    min: numbers.optional().describe('What it must be at least; of several values, each.'),
    max: numbers.optional().describe('What it may be at most; of several values, each.'),
  })
  .meta({
    not: {
      anyOf: [
        ['is', 'min'],
        ['is', 'max'],
        ['min', 'max'],
      ].map((required) => ({ required })),
    },
  })
  .refine(
    ({ is, min, max }) => [is, min, max].filter((one) => one !== undefined).length <= 1,
    'takes one of is, min and max',
  )

type Spec = z.infer<typeof schema>

/**
 * A kernel setting as it is now. Values compare by their fields: the kernel separates them by tabs, people by
 * spaces. Keys under net. are those of the network namespace that the question is asked in.
 */
export const sysctl: Kind<typeof schema> = {
  name: 'sysctl',
  schema,
  subject: (spec) => spec.sysctl,
  genericFix({ sysctl: key, is, min, max }) {
    const value = is ?? min ?? max
    return value === undefined ? null : setSysctl(key, value.join(' '))
  },
  sysctl: ({ sysctl: key, is, min = null, max = null }) =>
    (is ?? min ?? max) === null ? null : { key, min, max },
  questions: (spec) => [questionFor(spec), ...sysctlFileQuestions],
  nextBoot: (spec) => (answers, facts) => afterBoot(spec, answers, facts),
  reads: (spec) => ({ path: questionFor(spec).path, as: 'text' }),
  judge(spec, answers, facts) {
    const answer = firstFound(answers, [questionFor(spec)])
    if (answer.fate === 'absent') return verdict('SysctlNotFound', { key: spec.sysctl })
    if (answer.fate !== 'found') return unanswered(spec.sysctl, answer)
    const said = judgeFields(spec, fieldsOf(answer.value.text))
    return said.genericFix === null
      ? said
      : { ...said, genericFix: lasting(said.genericFix, spec, { answers, init: facts.init }) }
  },
}

function afterBoot(spec: Spec, answers: Answers, facts: Facts): Verdict | null {
  const answer = answers.of(questionFor(spec))
  const isAny = [spec.is, spec.min, spec.max].every((one) => one === undefined)
  if (answer.fate !== 'found' || isAny) return null
  const value = fieldsOf(answer.value.text).join(' ')
  const now = `${spec.sysctl} is ${plainValue(spec.sysctl, value)}`
  const fix = () => lasting({ sysctls: { [spec.sysctl]: value } }, spec, { answers, init: facts.init })
  const isWrong = (other: string) => judgeFields(spec, fieldsOf(other)).state === 'missing'
  return sysctlAfterBoot({ key: spec.sysctl, now, isWrong, fix }, answers, facts)
}

/** With the lines that would undo it at the next boot. */
function lasting(fix: Fix, spec: Spec, host: { answers: Answers; init: Init }): Fix {
  const isWrong = (value: string) => judgeFields(spec, fieldsOf(value)).state === 'missing'
  const undoneBy = undoing(spec.sysctl, { after: sysctlFile(spec.sysctl), isWrong, ...host })
  return undoneBy.length === 0 ? fix : { ...fix, undoneBy }
}

function questionFor(spec: Spec): ReadQuestion {
  return { ask: 'read', path: `/proc/sys/${keyPath(spec.sysctl) ?? ''}` }
}

function judgeFields(spec: Spec, fields: readonly string[]): Verdict {
  const { sysctl: key, is, min, max } = spec
  const shown = fields.join(' ')
  const ok = verdict('SysctlOk', { key, value: plainValue(key, shown) })
  if (is) return shown === is.join(' ') ? ok : wrong(key, shown, { wanted: is.join(' '), set: is })
  const bounds = min ?? max
  if (!bounds) return ok
  if (bounds.length !== fields.length || !fields.every(isNumber)) {
    return verdict('QuestionFailed', {
      what: key,
      detail: `${shown} cannot be compared with ${bounds.join(' ')}`,
    })
  }
  const set = fields.map((field, index) => bounded(field, bounds[index] ?? field, min !== undefined))
  if (set.join(' ') === shown) return ok
  return wrong(key, shown, { wanted: `${min ? 'at least' : 'at most'} ${bounds.join(' ')}`, set })
}

function wrong(key: string, shown: string, needed: { wanted: string; set: readonly string[] }): Verdict {
  const genericFix = { sysctls: { [key]: needed.set.join(' ') } }
  return verdict('SysctlWrong', { key, value: plainValue(key, shown), wanted: needed.wanted }, { genericFix })
}

function plainValue(key: string, shown: string): string {
  if (isSecret(key)) return 'a secret'
  return shown === '' ? 'empty' : shown
}

/** The field itself where it is within the bound, else the bound. Some settings are beyond 2^53. */
function bounded(field: string, bound: string, isMin: boolean): string {
  const isWithin = isMin ? BigInt(field) >= BigInt(bound) : BigInt(field) <= BigInt(bound)
  return isWithin ? field : bound
}

function isNumber(field: string): boolean {
  return /^-?\d+$/.test(field)
}

function fieldsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter(Boolean)
}
