import * as z from 'zod'
import type { Answers } from '#agent/model/answers.ts'
import type { Kind } from '#agent/model/need.ts'
import type { Answer, FileText, ReadQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { listOf, word } from '#agent/needs/parts/bounded.ts'
import { mountinfo } from '#agent/model/mountinfo.ts'
import { cgroupVersion } from '#agent/needs/places/cgroup-version.ts'
import { enableControllers, mountCgroups, unify } from '#agent/fixes/generic-fixes.ts'

const controller = word(/^[a-z_]+$/, 'is not the name of a controller, as /proc/cgroups has it')

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
          controllers: listOf(controller)
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
  isHostWide: true,
  subject: ({ cgroup: { version, controllers } }) =>
    [...(version === undefined ? [] : [`v${version}`]), ...controllers].join('+'),
  genericFix({ cgroup: { version } }, reason) {
    if (version !== undefined) return version === 2 ? unify : null
    const isUnmounted = reason === 'CgroupNotMounted' || reason === 'CgroupControllerNotMounted'
    return isUnmounted ? mountCgroups : enableControllers
  },
  questions: () => [mountinfo, unified, legacy, beside],
  judge({ cgroup: spec }, answers) {
    const answer = answers.of(mountinfo)
    if (answer.fate !== 'found') return unread(mountinfo, answer)
    const mounts = answer.value.text
    if (mounts.trim() === '')
      return verdict('QuestionFailed', { what: mountinfo.path, detail: 'it is empty' })
    const version = cgroupVersion(mounts)
    if (version === null) return verdict('CgroupNotMounted', { path: '/sys/fs/cgroup' })
    if (spec.version !== undefined && spec.version !== version)
      return verdict('CgroupWrongVersion', { version, wanted: spec.version })
    if (spec.controllers.length === 0) return verdict('CgroupOk', { version, controllers: [] })
    return version === 2 ? judgeUnified(spec, answers) : judgeLegacy(spec, answers, mounts)
  },
}

const unified: ReadQuestion = { ask: 'read', path: '/sys/fs/cgroup/cgroup.controllers' }
const legacy: ReadQuestion = { ask: 'read', path: '/proc/cgroups' }

/** What a host of version 1 has not mounted as such is in its hierarchy of version 2, if there is one. */
const beside: ReadQuestion = { ask: 'read', path: '/sys/fs/cgroup/unified/cgroup.controllers' }

/**
 * In version 2 these are no controllers to be switched on: devices, freezer and perf_event are always there, cpuacct is a
 * part of cpu. https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
const always: readonly string[] = ['devices', 'freezer', 'perf_event', 'cpuacct']

function judgeUnified({ controllers }: Spec, answers: Answers): Verdict {
  const answer = answers.of(unified)
  if (answer.fate !== 'found') return unread(unified, answer)
  const known = [...wordsOf(answer.value), ...always]
  const lacking = controllers.filter((name) => !known.includes(unifiedName(name)))
  return lacking.length === 0
    ? verdict('CgroupOk', { version: 2, controllers })
    : verdict('CgroupControllerNotFound', { controllers: lacking })
}

/** Of version 1 a controller is of use where it is in the kernel, not switched off, and mounted. */
function judgeLegacy({ controllers }: Spec, answers: Answers, mounts: string): Verdict {
  const answer = answers.of(legacy)
  if (answer.fate !== 'found') return unread(legacy, answer)
  const enabled = enabledIn(answer.value.text)
  const lacking = controllers.filter((name) => !enabled.includes(legacyName(name)))
  if (lacking.length > 0) return verdict('CgroupControllerNotFound', { controllers: lacking })
  const mounted = mountedIn(mounts)
  const unmounted = controllers.filter((name) => !mounted.includes(legacyName(name)))
  if (unmounted.length > 0 && / - cgroup2 /.test(mounts)) return judgeBeside(controllers, unmounted, answers)
  return judgeMounted(controllers, unmounted)
}

function judgeBeside(
  controllers: readonly string[],
  unmounted: readonly string[],
  answers: Answers,
): Verdict {
  const answer = answers.of(beside)
  if (answer.fate !== 'found') return unread(beside, answer)
  const known = wordsOf(answer.value)
  return judgeMounted(
    controllers,
    unmounted.filter((name) => !known.includes(unifiedName(name))),
  )
}

function judgeMounted(controllers: readonly string[], unmounted: readonly string[]): Verdict {
  return unmounted.length === 0
    ? verdict('CgroupOk', { version: 1, controllers })
    : verdict('CgroupControllerNotMounted', { controllers: unmounted })
}

/** Every kernel with cgroups has these files: that one is not there proves nothing. */
function unread({ path }: ReadQuestion, answer: Exclude<Answer<never>, { fate: 'found' }>): Verdict {
  if (answer.fate === 'absent') return verdict('QuestionFailed', { what: path, detail: answer.detail })
  return unanswered(path, answer)
}

function wordsOf({ text }: FileText): readonly string[] {
  return text.split(/\s+/)
}

/** The same by its two names, whichever the need is written with. */
function unifiedName(name: string): string {
  return name === 'blkio' ? 'io' : name
}

function legacyName(name: string): string {
  return name === 'io' ? 'blkio' : name
}

/** The options of every hierarchy of version 1 that is mounted: its controllers are among them. */
function mountedIn(mounts: string): readonly string[] {
  return [...mounts.matchAll(/ - cgroup \S+ (\S+)$/gm)].flatMap(([, options = '']) => options.split(','))
}

/** `#subsys_name hierarchy num_cgroups enabled`, https://man7.org/linux/man-pages/man7/cgroups.7.html */
function enabledIn(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.split(/\s+/))
  return lines.flatMap(([name, , , enabled]) => (name !== undefined && enabled === '1' ? [name] : []))
}
