import * as z from 'zod'
import type { Answers } from '#agent/model/answers.ts'
import type { Kind } from '#agent/model/need.ts'
import type { Space, SpaceQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { absolutePath } from './absolute-path.ts'
import { everywhere } from '#agent/fixes/generic-fixes.ts'

const units: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 }

const percent = z.string().regex(/^\d{1,2}(\.\d)?%$/, 'must be a share, like 15%')
const bytes = z.string().regex(/^\d{1,6}(Ki|Mi|Gi|Ti)$/, 'must be a share or a size, like 15% or 10Gi')

const schema = z.strictObject({
  disk: z
    .strictObject({
      path: absolutePath.describe('Any path on it.'),
      free: z
        .union([percent, bytes])
        .optional()
        .describe('What must be free for who is not root: 15% or 10Gi.'),
      inodes: percent.optional().describe('The share of inodes that must be free: 5%.'),
      size: bytes.optional().describe('How large it must be as a whole, however full it is: 100Gi.'),
    })
    .refine((spec) => spec.free ?? spec.inodes ?? spec.size, 'asks for nothing')
    .meta({ minProperties: 2 })
    .describe('Space on the file system of a path.'),
})

type Spec = z.infer<typeof schema>['disk']

/** Space on the file system of a path, as df(1) counts it for who is not root. */
export const disk: Kind<typeof schema> = {
  name: 'disk',
  schema,
  subject: ({ disk: spec }) => spec.path,
  genericFix: ({ disk: { path } }) =>
    everywhere(`Free space on the file system of ${path}, or give it a larger disk.`),
  questions: ({ disk: { path } }) => [path, ...above(path)].map(questionFor),
  judge({ disk: spec }, answers) {
    const { path } = spec
    const answer = answers.of(questionFor(path))
    if (answer.fate === 'found') return judgeSpace(spec, answer.value)
    if (answer.fate !== 'absent') return unanswered(`the space at ${path}`, answer)
    return answer.detail.startsWith('the symbolic link')
      ? verdict('FileNotFound', { path, detail: answer.detail }, { fix: { note: notMounted } })
      : judgeAbove(spec, answers)
  },
}

function questionFor(path: string): SpaceQuestion {
  return { ask: 'space', path }
}

/** "/a/b/c": "/a/b", "/a", "/". */
function above(path: string): readonly string[] {
  const parts = path.split('/').slice(1, -1)
  const folders = parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
  return path === '/' ? [] : [...folders.toReversed(), '/']
}

const notMounted = 'Mount the disk that the link leads to, or make the folder there.'

/**
 * What is not there yet will be made on the file system of the nearest folder that is. That there is space on it says no
 * more than that: of several places where something may keep its data, it would hide that the one in use is full.
 */
function judgeAbove(spec: Spec, answers: Answers): Verdict {
  const { path } = spec
  for (const place of above(path)) {
    const answer = answers.of(questionFor(place))
    if (answer.fate === 'absent') continue
    if (answer.fate !== 'found') return unanswered(`the space at ${place}`, answer)
    const said = judgeSpace({ ...spec, path: `${place} (where ${path} would be)` }, answer.value)
    const why = `${path} is not there yet, and there is space enough at ${place}`
    return said.state === 'ready' ? verdict('NotApplicable', { why }) : said
  }
  return verdict('QuestionFailed', { what: `the space at ${path}`, detail: 'not even / is there' })
}

function judgeSpace({ path, free, inodes, size }: Spec, space: Space): Verdict {
  // df(1) counts the share of what is not root's own.
  const usable = space.size - space.freeForRoot + space.free
  const evidence = [`${Math.round(space.free / 2 ** 20)} MiB of ${Math.round(space.size / 2 ** 20)} MiB free`]
  if (size !== undefined && space.size < inBytes(size, space.size))
    return verdict('DiskTooSmall', { path, wanted: size }, { evidence })
  if (free !== undefined && space.free < inBytes(free, usable))
    return verdict('DiskTooFull', { path, wanted: free }, { evidence })
  // btrfs and others have no fixed number of them, and say 0.
  if (inodes !== undefined && space.inodes > 0 && space.inodesFree < inBytes(inodes, space.inodes))
    return verdict(
      'DiskTooFewInodes',
      { path, wanted: inodes },
      { evidence: [`${space.inodesFree} of ${space.inodes} inodes free`] },
    )
  return verdict('DiskOk', { path }, { evidence })
}

function inBytes(text: string, whole: number): number {
  const [, number = '0', unit = ''] = /^([\d.]+)(.*)$/.exec(text) ?? []
  return unit === '%' ? (whole * Number(number)) / 100 : Number(number) * (units[unit] ?? 1)
}
