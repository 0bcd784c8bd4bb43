import * as z from 'zod'
import type { FixByDistro } from '#agent/model/fix.ts'
import type { Kind } from '#agent/model/need.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import { setLimit } from '#agent/fixes/generic-fixes.ts'
import { processName, processQuestion } from './process.ts'

/** As limits.conf(5) names them, with the words of /proc/<pid>/limits. */
const rows = {
  nofile: 'Max open files',
  nproc: 'Max processes',
  memlock: 'Max locked memory',
  stack: 'Max stack size',
  core: 'Max core file size',
  fsize: 'Max file size',
  msgqueue: 'Max msgqueue size',
  sigpending: 'Max pending signals',
} as const

type Row = keyof typeof rows
const names = Object.keys(rows) as Row[]

const least = z.union([z.int().min(1), z.literal('unlimited')]).optional()

const schema = z.strictObject({
  limits: z
    .strictObject({
      process: processName.describe('Whose: containers have those of their runtime.'),
      ...(Object.fromEntries(
        names.map((name) => [name, least.describe(`${rows[name]}: at least so much, or unlimited.`)]),
      ) as Record<Row, typeof least>),
    })
    .refine((spec) => names.some((name) => spec[name] !== undefined), 'names no limit')
    .meta({ minProperties: 2 })
    .describe('Soft limits of a process that runs, as limits.conf(5) names them.'),
})

/** Soft limits of a process that runs, at least so much; of none that runs there is nothing to say. */
export const limits: Kind<typeof schema> = {
  name: 'limits',
  schema,
  isHostWide: true,
  subject: ({ limits: spec }) =>
    [spec.process, ...names.filter((name) => spec[name] !== undefined)].join(':'),
  genericFix: ({ limits: spec }) => raiseLimit(spec),
  questions: ({ limits: spec }) => [processQuestion(spec.process, 'host')],
  judge({ limits: spec }, answers) {
    const answer = answers.of(processQuestion(spec.process, 'host'))
    if (answer.fate === 'absent') return verdict('NotApplicable', { why: `no ${spec.process} runs` })
    if (answer.fate !== 'found') return unanswered(`the limits of ${spec.process}`, answer)
    const seen = names.flatMap((name) => {
      const wanted = spec[name]
      return wanted === undefined ? [] : [{ name, wanted, now: softLimit(answer.value.limits, name) }]
    })
    const unread = seen.find(({ now }) => now === null)
    if (unread !== undefined)
      return verdict('QuestionFailed', {
        what: `${unread.name} of ${spec.process}`,
        detail: 'it is not listed',
      })
    const evidence = seen.map(({ name, now }) => `${name} ${now}`)
    const low = seen.find(({ now, wanted }) => now !== null && isLess(now, wanted))
    if (low === undefined) return verdict('LimitsOk', { process: spec.process }, { evidence })
    const { name, wanted } = low
    return verdict(
      'LimitTooLow',
      { process: spec.process, limit: name, wanted: String(wanted) },
      { evidence },
    )
  },
}

/** Raises the first of them; that of open files never to less than customary, since it is the hard limit as well. */
function raiseLimit(spec: z.infer<typeof schema>['limits']): FixByDistro | null {
  const name = names.find((one) => spec[one] !== undefined)
  const wanted = name === undefined ? undefined : spec[name]
  // What is written of it goes into commands.
  if (name === undefined || wanted === undefined || !/^\w[\w.-]*$/.test(spec.process)) return null
  if (wanted === 'unlimited') return setLimit(spec.process, name, 'infinity')
  return setLimit(spec.process, name, String(name === 'nofile' ? Math.max(wanted, 1_048_576) : wanted))
}

/** `Max open files            1024                 524288               files`, proc_pid_limits(5) */
function softLimit(text: string, name: Row): string | null {
  const line = text.split('\n').find((one) => one.startsWith(`${rows[name]} `))
  return line?.slice(rows[name].length).trim().split(/\s+/)[0] ?? null
}

function isLess(now: string, wanted: number | 'unlimited'): boolean {
  if (now === 'unlimited') return false
  return wanted === 'unlimited' || Number(now) < wanted
}
