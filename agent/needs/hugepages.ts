import * as z from 'zod'
import { mostItems } from '#agent/model/bounds.ts'
import type { Answers } from '#agent/model/answers.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Fix, FixByDistro } from '#agent/model/fix.ts'
import type { Kind } from '#agent/model/need.ts'
import type { ListQuestion, Question, ReadQuestion } from '#agent/model/question.ts'
import { hugepagesAfterBoot } from '#agent/needs/boot/hugepages-boot.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { listOf, word } from '#agent/needs/parts/bounded.ts'
import { judgeFree, poolQuestions } from './hugepages-free.ts'
import { bootWith, everywhere, setSysctl } from '#agent/fixes/generic-fixes.ts'

/** Sizes that architectures have, by Kubernetes' name for them (hugepages-2Mi), in KiB as the kernel names them. */
const kib = {
  '64Ki': 64,
  '1Mi': 1024,
  '2Mi': 2048,
  '16Mi': 16_384,
  '32Mi': 32_768,
  '512Mi': 524_288,
  '1Gi': 1_048_576,
  '2Gi': 2_097_152,
  '16Gi': 16_777_216,
} as const
type Size = keyof typeof kib

const processName = word(/^[^\s/]{1,15}$/, 'is not the name of a process (at most 15 characters)')
const mode = z.enum(['always', 'madvise', 'never'])

const schema = z.strictObject({
  hugepages: z
    .union([
      z.strictObject({
        size: z
          .enum(Object.keys(kib) as [Size, ...Size[]])
          .describe("The size of a page, by Kubernetes' name: 2Mi."),
        min: z.int().min(1).default(1).describe('So many pages at least, in use or not. Default: 1.'),
        free: z
          .literal(true)
          .optional()
          .describe(
            'So many must be free, for a workload that is yet to start; those that it may still add count.',
          ),
        heldBy: listOf(processName)
          .optional()
          .describe(
            'Names of processes that may have them: those of the workload itself, once it runs. It goes with free.',
          ),
      }),
      z.strictObject({
        transparent: z
          .union([mode.transform((one) => [one]), z.array(mode).min(1).max(mostItems)])
          .describe('What transparent huge pages must be set to, or several settings of which any will do.'),
      }),
    ])
    .describe('Huge pages that are set aside on the host, or how transparent huge pages are set.'),
})

type Spec = z.infer<typeof schema>['hugepages']
type Pool = Extract<Spec, { size: unknown }>
type Transparent = Extract<Spec, { transparent: unknown }>

/**
 * Huge pages that are set aside on the host, whether in use or not: what is free changes with every pod, and is
 * Kubernetes' to give out; that something else has taken them all is asked apart (`free`). Or the setting of transparent huge pages.
 * https://docs.kernel.org/admin-guide/mm/hugetlbpage.html
 * https://docs.kernel.org/admin-guide/mm/transhuge.html
 */
export const hugepages: Kind<typeof schema> = {
  name: 'hugepages',
  schema,
  subject: ({ hugepages: spec }) =>
    'size' in spec
      ? `${spec.size}:${spec.min}${spec.free ? ':free' : ''}`
      : `transparent:${spec.transparent.join('|')}`,
  genericFix: ({ hugepages: spec }, reason) =>
    reason === 'HugepagesTaken'
      ? everywhere(others)
      : 'size' in spec
        ? reserveAtBoot(spec)
        : bootWith(`Add transparent_hugepage=${spec.transparent[0]} to`),
  sysctl: ({ hugepages: spec }) =>
    'size' in spec && spec.size === '2Mi' ? { key: pool, min: [String(spec.min)], max: null } : null,
  questions: ({ hugepages: spec }) => [
    ...('size' in spec ? [countQuestion(spec), ...poolQuestions(folderOf(spec), spec)] : [setting]),
    memory,
  ],
  nextBoot: ({ hugepages: spec }) =>
    'size' in spec ? (answers, facts) => poolAfterBoot(spec, answers, facts) : null,
  judge({ hugepages: spec }, answers) {
    return 'size' in spec ? judgePool(spec, answers) : judgeSetting(spec, answers)
  },
}

/** Of 2 MiB, where that is the architecture's usual size. */
const pool = 'vm.nr_hugepages'

const others =
  'Stop what has the huge pages, or set aside more of them for both; then restart the kubelet, which counts them when it starts.'

/** That this folder is there proves that we see the host's /sys, so that what is not in it is not in the kernel. */
const memory: ListQuestion = { ask: 'list', path: '/sys/kernel/mm' }

const setting: ReadQuestion = { ask: 'read', path: '/sys/kernel/mm/transparent_hugepage/enabled' }

function countQuestion({ size }: Pool): ReadQuestion {
  return { ask: 'read', path: `${folderOf({ size })}/nr_hugepages` }
}

function folderOf({ size }: Pick<Pool, 'size'>): string {
  return `/sys/kernel/mm/hugepages/hugepages-${kib[size]}kB`
}

function judgePool(spec: Pool, answers: Answers): Verdict {
  const { size, min } = spec
  const question = countQuestion(spec)
  const answer = answers.of(question)
  if (answer.fate === 'absent') {
    return unseen(question, answers) ?? verdict('HugepagesSizeNotFound', { size })
  }
  if (answer.fate !== 'found') return unanswered(`the number of huge pages of ${size}`, answer)
  const text = answer.value.text.trim()
  if (!/^\d+$/.test(text)) return unreadable(question)
  const evidence = [`${text} huge pages of ${size}`]
  if (spec.free && Number(text) >= min)
    return judgeFree(folderOf(spec), spec, { answers, total: Number(text) })
  if (Number(text) >= min) return verdict('HugepagesFound', { size, min }, { evidence })
  return verdict('HugepagesTooFew', { size, min }, { evidence, genericFix: reserve(spec, question.path) })
}

function poolAfterBoot(spec: Pool, answers: Answers, facts: Facts): Verdict | null {
  const answer = answers.of(countQuestion(spec))
  const count = answer.fate === 'found' ? Number(answer.value.text) : Number.NaN
  if (!(count >= spec.min)) return null
  const now = `at least ${spec.min} huge pages of ${spec.size} are set aside`
  return hugepagesAfterBoot(now, reserveAtBoot({ ...spec, min: count }), { answers, facts })
}

function reserveAtBoot({ size, min }: Pool): FixByDistro {
  return size === '2Mi' ? setSysctl(pool, String(min)) : bootWith(`Add ${wordsOf({ size, min })} to`)
}

/** The command line has no i: 2M. */
function wordsOf({ size, min }: Pool): string {
  return `hugepagesz=${size.slice(0, -1)} hugepages=${min}`
}

/** vm.nr_hugepages is of the default size, which the command line may have made another one; the file is exact. */
function reserve({ size, min }: Pool, path: string): Fix {
  const words = wordsOf({ size, min })
  if (kib[size] >= kib['1Gi']) {
    return {
      note: `Add ${words} to the kernel's command line and reboot: later no memory is free in one piece of that size.`,
    }
  }
  const restart = 'The kubelet counts huge pages only when it starts: restart it.'
  return {
    note: `Also add ${words} to the kernel's command line, for the next boot. ${restart}`,
    run: [`echo ${min} > ${path}`],
  }
}

function judgeSetting({ transparent: wanted }: Transparent, answers: Answers): Verdict {
  const answer = answers.of(setting)
  // A kernel without them never uses them.
  if (answer.fate === 'absent') return unseen(setting, answers) ?? judgeMode(wanted, 'never')
  if (answer.fate !== 'found') return unanswered(setting.path, answer)
  const current = mode.safeParse(/\[(\w+)\]/.exec(answer.value.text)?.[1])
  return current.success ? judgeMode(wanted, current.data) : unreadable(setting)
}

function judgeMode(wanted: Transparent['transparent'], value: z.infer<typeof mode>): Verdict {
  if (wanted.includes(value)) return verdict('TransparentHugepagesOk', { value })
  const genericFix: Fix = {
    note: `Also add transparent_hugepage=${wanted[0]} to the kernel's command line, for the next boot.`,
    run: [`echo ${wanted[0]} > ${setting.path}`],
  }
  return verdict('TransparentHugepagesWrong', { value, wanted }, { genericFix })
}

/** Why what is not there proves nothing; null when it does. */
function unseen(question: Question & { path: string }, answers: Answers): Verdict | null {
  const folder = answers.of(memory)
  if (folder.fate === 'found') return null
  if (folder.fate !== 'absent') return unanswered(memory.path, folder)
  return verdict('QuestionFailed', { what: question.path, detail: `${memory.path} is not there` })
}

function unreadable({ path }: ReadQuestion): Verdict {
  return verdict('QuestionFailed', { what: path, detail: 'its content is not what the kernel writes there' })
}
