import type { Check } from '#agent/model/check.ts'
import { foldName } from '#agent/model/module-name.ts'
import type { Need } from '#agent/model/need.ts'
import type { Subject, SubjectKind } from './hit.ts'

/** A need of a check that is about a subject. */
export interface Concerned {
  readonly check: string
  /** The need of the check itself, or the anyOf that the need is in. */
  readonly need: string
  /** How much the check is about it, more is more: the name, then whether it is required, then how few other needs there are. */
  readonly weight: number
}

/** Which needs of which checks are about a subject, those that are about it most first. */
export type Subjects = (subject: Subject) => readonly Concerned[]

export function indexSubjects(checks: readonly Check[]): Subjects {
  const byKey = new Map<string, Concerned[]>()
  for (const check of checks) {
    for (const need of check.needs) {
      for (const subject of subjectsOf(need)) {
        const concerned = { check: check.name, need: need.id, weight: weigh(check, need, subject) }
        for (const key of keysOf(subject)) byKey.set(key, [...(byKey.get(key) ?? []), concerned])
      }
    }
  }
  return (subject) => {
    const all = keysOf(subject).flatMap((key) => byKey.get(key) ?? [])
    const sorted = all.toSorted((a, b) => b.weight - a.weight)
    return sorted.filter((one, index) => sorted.findIndex(({ check }) => check === one.check) === index)
  }
}

const kinds: readonly SubjectKind[] = ['binary', 'kernelModule', 'device', 'file', 'sysctl', 'unit']

/** What a need is about, by its id: "unit:iscsid.service|iscsid.socket:enabled". Needs that something is *not* there count as none. */
function subjectsOf(need: Need): readonly Subject[] {
  if (need.type === 'anyOf') return need.needs.flatMap(subjectsOf)
  const kind = need.type === 'host' ? kinds.find((one) => one === need.kind) : undefined
  if (kind === undefined) return []
  const name = need.id.slice(kind.length + 1).replace(/@[^@]*$/, kind === 'unit' ? '$&' : '')
  if (kind !== 'unit') return [{ kind, name }]
  if (name.endsWith(':inactive')) return []
  return name
    .replace(/:enabled$/, '')
    .split('|')
    .map((unit) => ({ kind, name: unit }))
}

function weigh({ name, aliases, needs }: Check, { recommended }: Need, subject: Subject): number {
  const word = baseName(subject.name)
    .replace(/\.\w+$/, '')
    .toLowerCase()
    .replaceAll('_', '-')
  const isNamed = [name, ...aliases].some((one) => one === word)
  const isPartOfName = name.includes(word)
  return (isNamed ? 400 : isPartOfName ? 200 : 0) + (recommended ? 0 : 100) + 50 / needs.length
}

/** Texts by which a subject and a need meet: a program by its path and by its name, a setting also by its file. */
function keysOf({ kind, name }: Subject): readonly string[] {
  if (kind === 'binary') return [...new Set([name, baseName(name)])].map((one) => `binary ${one}`)
  if (kind === 'kernelModule') return [`module ${foldName(name)}`]
  if (kind === 'sysctl') return [`path /proc/sys/${dotted(name).replaceAll('.', '/')}`]
  if (kind === 'unit') return [`unit ${name}`]
  return [`path ${name}`]
}

function baseName(path: string): string {
  return path.replace(/^.*\//, '')
}

/** sysctl(8) takes a/b.c for what is a.b/c with dots: the first separator decides. */
export function dotted(name: string): string {
  const isSlashed = /^[^.]*\//.test(name)
  if (!isSlashed) return name
  return name.replace(/[./]/g, (char) => (char === '/' ? '.' : '/'))
}
