import { RE2JS } from 're2js'
import { noNeed } from '#agent/model/check.ts'
import { foldName } from '#agent/model/module-name.ts'
import { once } from '#agent/model/once.ts'
import type { Check, Symptom } from '#agent/model/check.ts'
import { genericPatterns } from '#agent/symptoms/generic/generic-patterns.ts'
import type { GenericPattern } from '#agent/symptoms/generic/generic-patterns.ts'
import type { Confidence, Subject } from './hit.ts'
import { literalsOf, requirementsOf, specificityOf } from '#agent/symptoms/literals/literals.ts'
import { indexSubjects } from './subjects.ts'
import type { Subjects } from './subjects.ts'
import { truncatedPattern } from '#agent/symptoms/literals/truncated.ts'

/** What a line points to, without the line. */
export interface Pointer {
  readonly check: string | null
  readonly need: string | null
  readonly means: string
  readonly source: string | null
  readonly subject: Subject | null
  readonly confidence: Confidence
  /** How much of the line the pattern fixes: characters. */
  readonly specificity: number
  /** Among what equally specific patterns say, more is better. */
  readonly weight: number
}

/** A pattern that is compiled when a line first contains one of its literals. */
export interface LinePattern {
  readonly literals: readonly string[]
  /** Of each set one text stands in whatever matches, in some case. */
  readonly required: readonly (readonly string[])[]
  /** It can match over a line's end. */
  readonly spansLines: boolean
  readonly isNamed: boolean
  readonly whole: () => RE2JS
  /** The same of a line whose end was cut off; null when too little would be left. */
  readonly cut: () => RE2JS | null
  /** @param name what its group `name` matched */
  readonly pointers: (name: string | null) => readonly Pointer[]
}

/** Characters of a name that is taken from a line. */
const longestName = 128

/** Names of which is kept what they point to. */
const mostNames = 1000

/** The patterns of the checks and those that many projects print; a pattern without a literal is none that can be looked for. */
export function compilePatterns(checks: readonly Check[]): readonly LinePattern[] {
  const own = checks.flatMap((check) => check.symptoms.map((symptom) => ownPattern(check, symptom)))
  const subjects = indexSubjects(checks)
  return [...own, ...genericPatterns.map((pattern) => genericPattern(pattern, subjects))].filter(
    ({ literals }) => literals.length > 0,
  )
}

function ownPattern(check: Check, symptom: Symptom): LinePattern {
  const { log, need, means, source, unverified, isAmbiguous } = symptom
  const isSure = need !== null && need !== noNeed && source !== null && unverified === null
  const pointer: Pointer = {
    check: check.name,
    need,
    means,
    source,
    subject: null,
    confidence: isAmbiguous ? 'possible' : isSure ? 'certain' : 'likely',
    specificity: specificityOf(log),
    weight: 1000,
  }
  return linePattern(log, () => [pointer])
}

function genericPattern(pattern: GenericPattern, subjects: Subjects): LinePattern {
  const { log, source, confidence, means, isOnlyKnown } = pattern
  const fixed = specificityOf(log)
  const pointers = (name: string): readonly Pointer[] => {
    const meant = pattern.subjects?.(name) ?? [subjectOf(pattern, name)]
    const [subject] = meant
    if (subject === undefined) return []
    const base = { means: means(name), source, subject, confidence, specificity: fixed + name.length }
    const concerned = meant.flatMap((one, index) =>
      subjects(one).map((found) => ({ ...found, weight: found.weight - index })),
    )
    const needed = concerned.map(({ check, need, weight }) => ({ ...base, check, need, weight }))
    return needed.length > 0 || isOnlyKnown ? needed : [{ ...base, check: null, need: null, weight: 0 }]
  }
  const known = new Map<string, readonly Pointer[]>()
  return linePattern(log, (name) => {
    if (name === null || name.length > longestName) return []
    const found = known.get(name) ?? pointers(name)
    if (known.size < mostNames) known.set(name, found)
    return found
  })
}

function subjectOf({ kind }: GenericPattern, name: string): Subject {
  return { kind, name: kind === 'kernelModule' ? foldName(name) : name }
}

function linePattern(log: string, pointers: LinePattern['pointers']): LinePattern {
  return {
    literals: literalsOf(log) ?? [],
    required: requirementsOf(log),
    spansLines: /\\s/.test(log),
    isNamed: log.includes('(?P<name>'),
    whole: once(() => RE2JS.compile(log, RE2JS.MULTILINE)),
    cut: once(() => {
      const cut = truncatedPattern(log)
      return cut === null ? null : RE2JS.compile(cut)
    }),
    pointers,
  }
}
