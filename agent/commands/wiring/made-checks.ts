import { readCheck } from '#agent/catalog/check-file.ts'
import type { Check } from '#agent/model/check.ts'
import type { Hit, Subject } from '#agent/symptoms/hit.ts'

/** Subjects that no check knows and that the host is asked about; each may be a question of its own. */
const mostMade = 20

/** Checks made for what a log names and no check knows. */
export interface MadeChecks {
  readonly checks: readonly Check[]
  /** The check's name; null when the name in the log is none that may be asked about. */
  readonly madeFor: (hit: Hit) => string | null
}

/**
 * A need for each subject that no check knows, read by the very schemas by which check files are read, under the rules for custom
 * checks: a name out of a log is what anybody may write. It runs nothing.
 */
export function makeChecks(hits: readonly Hit[]): MadeChecks {
  const subjects = hits.flatMap(({ check, subject }) => (check === null && subject !== null ? [subject] : []))
  const made = subjects.slice(0, mostMade).flatMap((subject, index) => makeCheck(subject, index) ?? [])
  const names = new Map(made.map(({ key, check }) => [key, check.name]))
  return {
    checks: made.map(({ check }) => check),
    madeFor: ({ subject }) => (subject === null ? null : (names.get(keyOf(subject)) ?? null)),
  }
}

function makeCheck(subject: Subject, index: number) {
  const value = {
    title: 'Named by a log',
    why: 'A log names it.',
    needs: [{ [subject.kind]: subject.name }],
    ...(subject.kind === 'binary' && { fix: whoHasProgram(subject.name.replace(/^.*\//, '')) }),
  }
  const rules = { origin: 'custom', allowCommands: false } as const
  const read = readCheck({ file: `named-by-the-log-${index + 1}.yaml`, text: '', value, rules })
  return 'check' in read ? { key: keyOf(subject), check: read.check } : null
}

/** How each package manager finds the package of a program. */
function whoHasProgram(name: string) {
  return {
    debian: { note: `apt-file search --regexp 'bin/${name}$' names the package.` },
    rhel: { note: `dnf provides '*bin/${name}' names the package.` },
    suse: { note: `zypper search --provides --file-list '*bin/${name}' names the package.` },
    alpine: { note: `apk search cmd:${name} names the package.` },
    arch: { note: `pacman -F ${name} names the package.` },
  }
}

function keyOf({ kind, name }: Subject): string {
  return `${kind} ${name}`
}
