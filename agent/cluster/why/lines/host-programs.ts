import type { Check } from '#agent/model/check.ts'
import type { PodContainer } from '#agent/node/pod-api.ts'
import type { Subject } from '#agent/symptoms/hit.ts'
import type { Subjects } from '#agent/symptoms/subjects.ts'
import { indexSubjects } from '#agent/symptoms/subjects.ts'
import { memoizeLast } from '#agent/model/memoize-last.ts'

/** What the runtime says when it finds no program to start: runc and crun. */
const notFound =
  /exec: "([^"\s]{1,4096})": (?:executable file not found|stat |no such file)|executable file `([^`\s]{1,4096})` not found/

/** The program that a container cannot be started with; null when the words are about something else. */
export function programIn(message: string): string | null {
  const [, first, second] = notFound.exec(message) ?? []
  return first ?? second ?? null
}

/** Where a path of the container is on its node; null when it is in the image or in another volume. */
export function onHost(path: string, { hostPaths }: PodContainer): string | null {
  const mounts = hostPaths.filter(({ at }) => path === at || path.startsWith(at === '/' ? '/' : `${at}/`))
  const inner = mounts.toSorted((a, b) => b.at.length - a.at.length)[0]
  if (inner === undefined) return null
  const rest = path.slice(inner.at === '/' ? 0 : inner.at.length)
  return `${inner.on === '/' ? '' : inner.on}${rest}` || '/'
}

/** The need of the check that is about a program of the host most; null when none is. */
export function needOfProgram(path: string, checks: ReadonlyMap<string, Check>) {
  const subject: Subject = { kind: 'binary', name: path }
  return subjectsOf(checks)(subject)[0] ?? null
}

const subjectsOf: (checks: ReadonlyMap<string, Check>) => Subjects = memoizeLast((checks) =>
  indexSubjects([...checks.values()]),
)
