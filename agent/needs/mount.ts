import * as z from 'zod'
import type { Kind } from '../model/need.ts'
import type { ReadQuestion } from '../model/question.ts'
import { unanswered, verdict } from '../model/reason.ts'
import type { Verdict } from '../model/reason.ts'
import { firstFound } from './first-found.ts'
import { findMount } from './mount-table.ts'
import type { Mount } from './mount-table.ts'

const word = (what: string) => z.string().regex(/^[^\s,]+$/, `is not ${what}`)
const path = z
  .string()
  .regex(/^\/[^\p{Cc}]*$/u, 'must begin with /')
  .refine((text) => !text.split('/').some((part) => part === '.' || part === '..'), 'must not hold . or ..')
  .transform((text) => `/${text.split('/').filter(Boolean).join('/')}`)
const fstype = word('a file system type')
const options = z.array(word('a mount option')).min(1)

const schema = z.strictObject({
  mount: z
    .union([
      path.transform((point) => ({ path: point })),
      z.strictObject({
        path: path.describe('Where it is mounted, by its real name: the kernel lists no symbolic links.'),
        fstype: z
          .union([fstype.transform((type) => [type]), z.array(fstype).min(1)])
          .optional()
          .describe('The type of its file system, or several of which any will do.'),
        propagation: z
          .enum(['shared', 'slave', 'private', 'unbindable'])
          .optional()
          .describe('How mounts on it reach other mount namespaces.'),
        options: options.optional().describe('What it must be mounted with: [ro, nosuid].'),
        notOptions: options.optional().describe('What it must not be mounted with: [noexec].'),
      }),
    ])
    .describe('What is mounted at a path of the host.'),
})

interface Wanted {
  readonly path: string
  readonly fstype?: readonly string[] | undefined
  readonly propagation?: string | undefined
  readonly options?: readonly string[] | undefined
  readonly notOptions?: readonly string[] | undefined
}

/**
 * What is mounted at a path, by its real name (the kernel lists no symbolic links). The mounts are those of the
 * host's process 1: only its /proc tells them from outside, /proc/self would be our own. In the namespace of
 * another process /proc/1 is still the host's, so that such a need is unknown rather than judged by these.
 */
export const mount: Kind<typeof schema> = {
  name: 'mount',
  schema,
  subject: (spec) => spec.mount.path,
  questions: () => [table],
  judge(spec, answers) {
    const inner = processOf(spec)
    if (inner !== null) return unseen(`the mounts of ${inner}`, `only those of the host's process 1 are read`)
    const answer = firstFound(answers, [table])
    if (answer.fate === 'absent') return unseen(table.path, answer.detail)
    if (answer.fate !== 'found') return unanswered(table.path, answer)
    if (answer.value.text.trim() === '') return unseen(table.path, 'it is empty')
    return judgeMount(spec.mount, findMount(answer.value.text, spec.mount.path))
  },
}

/** A node with 10,000 mounts has 2 MiB of them. */
const table: ReadQuestion = { ask: 'read', path: '/proc/1/mountinfo', limit: 4 * 1024 * 1024 }

/** The process of `in:`, a key common to all kinds, that the loader leaves in the spec. */
function processOf(spec: object): string | null {
  const view = z.object({ in: z.object({ process: z.string() }) }).safeParse(spec)
  return view.success ? view.data.in.process : null
}

function unseen(what: string, detail: string): Verdict {
  return verdict('QuestionFailed', { what, detail })
}

function judgeMount(wanted: Wanted, found: Mount | null): Verdict {
  const { path } = wanted
  if (found === null) return verdict('MountNotFound', { path })
  const evidence = [`${found.fstype}, ${found.options.join(',')}, ${found.propagation.join(' and ')}`]
  const unmet = wrongType(wanted, found) ?? wrongPropagation(wanted, found) ?? wrongOptions(wanted, found)
  return { ...(unmet ?? verdict('MountFound', { path, fstype: found.fstype })), evidence }
}

function wrongType({ path, fstype }: Wanted, found: Mount): Verdict | null {
  if (!fstype || fstype.includes(found.fstype)) return null
  return verdict('MountWrongType', { path, fstype: found.fstype, wanted: fstype })
}

function wrongPropagation({ path, propagation: wanted }: Wanted, found: Mount): Verdict | null {
  if (wanted === undefined || found.propagation.includes(wanted)) return null
  return verdict('MountWrongPropagation', { path, propagation: found.propagation.join(' and '), wanted })
}

function wrongOptions({ path, options = [], notOptions = [] }: Wanted, found: Mount): Verdict | null {
  const lacking = options.find((option) => !found.options.includes(option))
  if (lacking !== undefined) return verdict('MountWrongOptions', { path, option: lacking, wanted: true })
  const unwanted = notOptions.find((option) => found.options.includes(option))
  return unwanted === undefined
    ? null
    : verdict('MountWrongOptions', { path, option: unwanted, wanted: false })
}
