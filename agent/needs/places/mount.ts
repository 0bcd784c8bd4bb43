import * as z from 'zod'
import type { Answers } from '#agent/model/answers.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Kind } from '#agent/model/need.ts'
import { mountinfo } from '#agent/model/mountinfo.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { mountAfterBoot } from '#agent/needs/boot/mount-boot.ts'
import { absolutePath } from './absolute-path.ts'
import { listOf, word } from '#agent/needs/parts/bounded.ts'
import { firstFound } from '#agent/needs/parts/first-found.ts'
import { findHolder, findMount, placesAbove } from './mount-table.ts'
import type { Mount } from './mount-table.ts'
import { placeQuestions, realPlace } from './real-place.ts'

const fstype = word(/^[^\s,]+$/, 'is not a file system type')
const options = listOf(word(/^[^\s,]+$/, 'is not a mount option'))

const wishes = {
  fstype: z
    .union([fstype.transform((type) => [type]), listOf(fstype)])
    .optional()
    .describe('The type of its file system, or several of which any will do.'),
  propagation: z
    .enum(['shared', 'slave', 'private', 'unbindable'])
    .optional()
    .describe('How mounts on it reach other mount namespaces.'),
  options: options.optional().describe('What it must be mounted with: [ro, nosuid].'),
  notOptions: options.optional().describe('What it must not be mounted with: [noexec].'),
}

const schema = z.strictObject({
  mount: z
    .union([
      absolutePath.transform((point) => ({ path: point })),
      z.strictObject({
        path: absolutePath.describe(
          'Where it is mounted, by its real name: the kernel lists no symbolic links.',
        ),
        ...wishes,
      }),
      z
        .strictObject({
          of: absolutePath.describe('A path: the mount that holds it is meant, wherever that is mounted.'),
          ...wishes,
        })
        .refine((spec) => Object.keys(spec).length > 1, 'asks for nothing: every path lies in some mount')
        .meta({ minProperties: 2 }),
    ])
    .describe('What is mounted at a path of the host, or the mount that holds a path.'),
})

interface Wishes {
  readonly fstype?: readonly string[] | undefined
  readonly propagation?: string | undefined
  readonly options?: readonly string[] | undefined
  readonly notOptions?: readonly string[] | undefined
}

/**
 * What is mounted at a path, by its real name (the kernel lists no symbolic links), or with `of` the mount that holds a
 * path. The mounts are those of the host's process 1: only its /proc tells them from outside, /proc/self would be our own.
 * In the namespace of another process /proc/1 is still the host's, so that such a need is unknown rather than judged by
 * these.
 */
export const mount: Kind<typeof schema> = {
  name: 'mount',
  schema,
  subject: ({ mount: spec }) => ('of' in spec ? `of:${spec.of}` : spec.path),
  questions: ({ mount: spec }) => [mountinfo, ...('of' in spec ? placeQuestions(spec.of) : [])],
  nextBoot: ({ mount: spec }) =>
    'of' in spec ? null : (answers, facts) => afterBoot(spec.path, answers, facts),
  judge(spec, answers) {
    const inner = processOf(spec)
    if (inner !== null) return unseen(`the mounts of ${inner}`, `only those of the host's process 1 are read`)
    const answer = firstFound(answers, [mountinfo])
    if (answer.fate === 'absent') return unseen(mountinfo.path, answer.detail)
    if (answer.fate !== 'found') return unanswered(mountinfo.path, answer)
    if (answer.value.text.trim() === '') return unseen(mountinfo.path, 'it is empty')
    const { text } = answer.value
    return 'of' in spec.mount ? judgeHolder(spec.mount, answers, text) : judgeMount(spec.mount, text)
  },
}

function afterBoot(at: string, answers: Answers, facts: Facts): Verdict | null {
  const answer = answers.of(mountinfo)
  const found = answer.fate === 'found' ? findMount(answer.value.text, at) : null
  if (answer.fate !== 'found' || found === null) return null
  const above = findHolder(answer.value.text, placesAbove(at).at(-2) ?? '/')
  const isAuto = above?.mount.fstype === 'autofs'
  return mountAfterBoot({ path: at, fstype: found.fstype, source: found.source, isAuto }, answers, facts)
}

/** The process of `in:`, a key common to all kinds, that the loader leaves in the spec. */
function processOf(spec: object): string | null {
  const view = 'in' in spec ? spec.in : null
  return typeof view === 'object' && view !== null && 'process' in view ? String(view.process) : null
}

function unseen(what: string, detail: string): Verdict {
  return verdict('QuestionFailed', { what, detail })
}

function judgeMount(wanted: Wishes & { path: string }, text: string): Verdict {
  const { path: at } = wanted
  const found = findMount(text, at)
  if (found === null) return verdict('MountNotFound', { path: at })
  return judgeFound(wanted, { at, holds: null, found })
}

function judgeHolder(wanted: Wishes & { of: string }, answers: Answers, text: string): Verdict {
  const place = realPlace(answers, wanted.of)
  if (place.fate !== 'found') return unanswered(wanted.of, place)
  const holder = findHolder(text, place.value)
  if (holder === null) return unseen(wanted.of, `${mountinfo.path} names no mount that holds it`)
  return judgeFound(wanted, { at: holder.point, holds: wanted.of, found: holder.mount })
}

interface Seen {
  readonly at: string
  /** The path that was asked for, when the mount is that which holds it. */
  readonly holds: string | null
  readonly found: Mount
}

function judgeFound(wanted: Wishes, seen: Seen): Verdict {
  const { at, holds, found } = seen
  const where = holds === null || holds === at ? '' : ` at ${at}`
  const evidence = [`${found.fstype}, ${found.options.join(',')}, ${found.propagation.join(' and ')}${where}`]
  const shown: Shown = { path: nameHolder(seen), found, evidence: { evidence } }
  return (
    wrongType(wanted, shown) ??
    wrongPropagation(wanted, shown) ??
    wrongOptions(wanted, shown) ??
    verdict('MountFound', { path: at, holds, fstype: found.fstype }, { evidence })
  )
}

interface Shown {
  readonly path: string
  readonly found: Mount
  readonly evidence: { readonly evidence: readonly string[] }
}

function wrongType({ fstype: wanted }: Wishes, { path: at, found, evidence }: Shown): Verdict | null {
  const { fstype } = found
  if (!wanted || wanted.includes(fstype)) return null
  return verdict('MountWrongType', { path: at, fstype, wanted }, evidence)
}

function wrongPropagation(
  { propagation: wanted }: Wishes,
  { path: at, found, evidence }: Shown,
): Verdict | null {
  if (wanted === undefined || found.propagation.includes(wanted)) return null
  const propagation = found.propagation.join(' and ')
  return verdict('MountWrongPropagation', { path: at, propagation, wanted }, evidence)
}

function wrongOptions(
  { options: wanted = [], notOptions = [] }: Wishes,
  { path: at, found, evidence }: Shown,
): Verdict | null {
  const lacking = wanted.find((option) => !found.options.includes(option))
  if (lacking !== undefined)
    return verdict('MountWrongOptions', { path: at, option: lacking, wanted: true }, evidence)
  const unwanted = notOptions.find((option) => found.options.includes(option))
  if (unwanted === undefined) return null
  return verdict('MountWrongOptions', { path: at, option: unwanted, wanted: false }, evidence)
}

/** Whoever fixes it has to know the mount, and why it is asked for. */
function nameHolder({ at, holds }: Seen): string {
  return holds === null || holds === at ? at : `${at}, which holds ${holds},`
}
