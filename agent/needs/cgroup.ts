import * as z from 'zod'
import type { Answers } from '../model/answers.ts'
import type { Kind } from '../model/need.ts'
import type { ReadQuestion } from '../model/question.ts'
import { unanswered, verdict } from '../model/reason.ts'
import type { Verdict } from '../model/reason.ts'
import { findMount } from './mount-table.ts'
import { enableControllers, unify } from '../fixes/usual-fixes.ts'

const controller = z.string().regex(/^[a-z_]+$/, 'is not the name of a controller, as /proc/cgroups has it')

const schema = z.strictObject({
  cgroup: z
    .union([
      z.literal([1, 2]).transform((version) => ({ version, controllers: [] })),
      z
        .strictObject({
          version: z
            .literal([1, 2])
            .optional()
            .describe('Which one must be mounted at /sys/fs/cgroup; a hybrid is 1.'),
          controllers: z
            .array(controller)
            .min(1)
            .optional()
            .describe('Controllers that there must be: [memory, pids].'),
        })
        .refine((spec) => spec.version !== undefined || spec.controllers !== undefined, 'asks for nothing')
        .meta({ minProperties: 1 })
        .transform(({ version, controllers = [] }) => ({ version, controllers })),
    ])
    .describe('The version of cgroups, 1 or 2, or their controllers.'),
})

type Spec = z.infer<typeof schema>['cgroup']

/** Which version of cgroups is mounted at /sys/fs/cgroup, and which controllers there are. A hybrid one counts as 1. */
export const cgroup: Kind<typeof schema> = {
  name: 'cgroup',
  schema,
  subject: ({ cgroup: { version, controllers } }) =>
    [...(version === undefined ? [] : [`v${version}`]), ...controllers].join('+'),
  usualFix: ({ cgroup: { version } }) => (version === 2 ? unify : version === 1 ? null : enableControllers),
  questions: () => [table, unified, legacy],
  judge({ cgroup: spec }, answers) {
    const answer = answers.of(table)
    if (answer.fate === 'absent')
      return verdict('QuestionFailed', { what: table.path, detail: answer.detail })
    if (answer.fate !== 'found') return unanswered(table.path, answer)
    const version = versionOf(answer.value.text)
    if (version === null) return verdict('CgroupNotMounted', { path: '/sys/fs/cgroup' })
    if (spec.version !== undefined && spec.version !== version)
      return verdict('CgroupWrongVersion', { version, wanted: spec.version })
    return judgeControllers(spec, version, answers)
  },
}

const table: ReadQuestion = { ask: 'read', path: '/proc/1/mountinfo', limit: 4 * 1024 * 1024 }
const unified: ReadQuestion = { ask: 'read', path: '/sys/fs/cgroup/cgroup.controllers' }
const legacy: ReadQuestion = { ask: 'read', path: '/proc/cgroups' }

/**
 * In version 2 these are no controllers: devices and freezer are always there, cpuacct is a part of cpu.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
const always: readonly string[] = ['devices', 'freezer', 'cpuacct']

function versionOf(mounts: string): 1 | 2 | null {
  const top = findMount(mounts, '/sys/fs/cgroup')
  if (top === null) return null
  return top.fstype === 'cgroup2' ? 2 : 1
}

function judgeControllers({ controllers }: Spec, version: 1 | 2, answers: Answers): Verdict {
  const source = version === 2 ? unified : legacy
  const answer = answers.of(source)
  if (controllers.length === 0) return verdict('CgroupOk', { version, controllers })
  if (answer.fate === 'absent') return verdict('QuestionFailed', { what: source.path, detail: answer.detail })
  if (answer.fate !== 'found') return unanswered(source.path, answer)
  const text = answer.value.text
  const known = version === 2 ? [...text.split(/\s+/), ...always] : enabledIn(text)
  const lacking = controllers.filter((name) => !known.includes(name))
  return lacking.length === 0
    ? verdict('CgroupOk', { version, controllers })
    : verdict('CgroupControllerNotFound', { controllers: lacking })
}

/** `#subsys_name hierarchy num_cgroups enabled`, https://man7.org/linux/man-pages/man7/cgroups.7.html */
function enabledIn(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.split(/\s+/))
  return lines.flatMap(([name, , , enabled]) => (name !== undefined && enabled === '1' ? [name] : []))
}
