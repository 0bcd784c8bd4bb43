import * as z from 'zod'
import type { Kind } from '../model/need.ts'
import { unanswered, verdict } from '../model/reason.ts'
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
      /** Whose: containers have those of their runtime. */
      process: processName,
      ...(Object.fromEntries(names.map((name) => [name, least])) as Record<Row, typeof least>),
    })
    .refine((spec) => names.some((name) => spec[name] !== undefined), 'names no limit'),
})

/** Soft limits of a process that runs, at least so much; of none that runs there is nothing to say. */
export const limits: Kind<typeof schema> = {
  name: 'limits',
  schema,
  isHostWide: true,
  subject: ({ limits: spec }) =>
    [spec.process, ...names.filter((name) => spec[name] !== undefined)].join(':'),
  questions: ({ limits: spec }) => [processQuestion(spec.process)],
  judge({ limits: spec }, answers) {
    const answer = answers.of(processQuestion(spec.process))
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

/** `Max open files            1024                 524288               files`, proc_pid_limits(5) */
function softLimit(text: string, name: Row): string | null {
  const line = text.split('\n').find((one) => one.startsWith(`${rows[name]} `))
  return line?.slice(rows[name].length).trim().split(/\s+/)[0] ?? null
}

function isLess(now: string, wanted: number | 'unlimited'): boolean {
  if (now === 'unlimited') return false
  return wanted === 'unlimited' || Number(now) < wanted
}
