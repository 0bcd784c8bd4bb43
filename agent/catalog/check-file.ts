import type * as z from 'zod'
import { mostConflicts, mostNeeds } from '#agent/model/bounds.ts'
import { noNeed } from '#agent/model/check.ts'
import type { Check } from '#agent/model/check.ts'
import { readPattern } from '#agent/model/pattern.ts'
import type { Need } from '#agent/model/need.ts'
import { kinds } from '#agent/needs/index.ts'
import { checkFile, checkName } from './check-schema.ts'
import { checkShape, knownYaml, parseYaml } from '#agent/catalog/yaml/yaml-lines.ts'
import type { YamlFile } from '#agent/catalog/yaml/yaml-lines.ts'
import { didYouMean, firstMistakes } from '#agent/catalog/yaml/mistake.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import { countNeeds } from './count-needs.ts'
import { countConflicts } from '#agent/catalog/custom/custom-weight.ts'
import { allNeeds } from '#agent/model/needs-of.ts'
import { readNeed } from './read-need.ts'
import type { Read } from './read-need.ts'
import type { Rules } from '#agent/catalog/custom/rules.ts'

/** `patterns`: instructions of all patterns in it, not counting symptoms of a file whose value was known. */
export type CheckRead =
  | { readonly check: Check; readonly patterns: number }
  | { readonly mistakes: readonly Mistake[] }

/** A file as it was read; `file` is its path. */
export interface CheckText {
  readonly file: string
  readonly text: string
  /** The parsed text, where it is already known. */
  readonly value?: unknown
  readonly rules: Rules
}

export function readCheckFile(file: string, text: string, rules: Rules): CheckRead {
  return readCheck({ file, text, rules })
}

/** Reads one check file: returns the check, or all its mistakes at once, at most the first of many. */
export function readCheck(written: CheckText): CheckRead {
  const parsed =
    written.value === undefined
      ? parseYaml(written.file, written.text)
      : { yaml: knownYaml(written.file, written.value, () => written.text) }
  const read = 'mistakes' in parsed ? parsed : readParsed(parsed.yaml, written)
  return 'mistakes' in read ? { mistakes: firstMistakes(read.mistakes) } : read
}

function readParsed(yaml: YamlFile, written: CheckText): CheckRead {
  const { rules } = written
  const name = checkNameOf(yaml.file)
  const shape = checkShape(yaml, { path: [], value: yaml.value }, checkFile)
  const needs = readNeeds(yaml, rules)
  const isNew = written.value === undefined && 'value' in shape
  const symptoms = isNew ? readSymptoms(yaml, shape.value.symptoms) : { mistakes: [], size: 0 }
  const mistakes = [
    ...nameMistakes(yaml, name),
    ...('mistakes' in shape ? shape.mistakes : []),
    ...needs.flatMap((need) => ('mistakes' in need ? need.mistakes : [])),
    ...doubleNeeds(yaml, needs),
    ...conflictMistakes(yaml, needs),
    ...symptoms.mistakes,
    ...(isNew ? strayNeeds(yaml, shape.value.symptoms, needs) : []),
  ]
  if (mistakes.length > 0 || 'mistakes' in shape) return { mistakes }
  const good = needs.flatMap((need) => ('need' in need ? [need] : []))
  const patterns = good.reduce((sum, need) => sum + need.patterns, symptoms.size)
  return { check: checkOf(shape.value, { name, needs: good.map(({ need }) => need), rules }), patterns }
}

function checkOf(
  { fix, ...rest }: z.output<typeof checkFile>,
  { name, needs, rules }: { name: string; needs: readonly Need[]; rules: Rules },
): Check {
  const symptoms = rest.symptoms.map(({ ambiguous = false, ...symptom }) => ({
    ...symptom,
    isAmbiguous: ambiguous,
    need: symptom.need ?? null,
    source: symptom.source ?? null,
    unverified: symptom.unverified ?? null,
  }))
  return { ...rest, symptoms, name, fix: fix ?? null, needs, origin: rules.origin }
}

/** A check is named after its file. */
export function checkNameOf(file: string): string {
  return (file.split('/').at(-1) ?? file).replace(/\.ya?ml$/, '')
}

function nameMistakes(yaml: YamlFile, name: string): Mistake[] {
  const result = checkName.safeParse(name)
  if (result.success) return []
  return result.error.issues.map((issue) =>
    yaml.mistake([], `the file's name is the check's name, but "${name}" ${issue.message}`),
  )
}

/** Compiling hundreds of patterns is slow. For files with known values it was done when those were built. */
function readSymptoms(yaml: YamlFile, symptoms: readonly { readonly log: string }[]) {
  const reads = symptoms.map(({ log }) => readPattern(log))
  return {
    size: reads.reduce((sum, read) => sum + ('size' in read ? read.size : 0), 0),
    mistakes: reads.flatMap((read, index) =>
      'error' in read ? [yaml.mistake(['symptoms', index, 'log'], read.error)] : [],
    ),
  }
}

/** Reads none of the needs when there are more than the limit. */
function readNeeds(yaml: YamlFile, rules: Rules): Read[] {
  const { value } = yaml
  if (typeof value !== 'object' || value === null || !('needs' in value) || !Array.isArray(value.needs))
    return []
  if (countNeeds(value.needs) > mostNeeds) {
    const message = `has more than ${mostNeeds} needs, counting those in anyOf; split it into several checks`
    return [{ mistakes: [yaml.mistake(['needs'], message)] }]
  }
  return value.needs.map((need: unknown, index) => readNeed({ yaml, rules, kinds }, ['needs', index], need))
}

function doubleNeeds(yaml: YamlFile, needs: readonly Read[]): Mistake[] {
  const ids = new Set<string>()
  return needs.flatMap((read, index) => {
    if (!('need' in read)) return []
    const { id } = read.need
    const isDouble = ids.has(id)
    ids.add(id)
    return isDouble ? [yaml.mistake(['needs', index], `the need ${id} is here twice`)] : []
  })
}

/** Symptoms of a need that the check does not have itself. */
function strayNeeds(
  yaml: YamlFile,
  symptoms: readonly { readonly need?: string | undefined }[],
  needs: readonly Read[],
): Mistake[] {
  const ids = allNeeds(needs.flatMap((read) => ('need' in read ? [read.need] : []))).map(({ id }) => id)
  return symptoms.flatMap(({ need }, index) => {
    if (need === undefined || need === noNeed || ids.includes(need)) return []
    return [
      yaml.mistake(
        ['symptoms', index, 'need'],
        `is not the id of a need of this check${didYouMean(need, ids)}`,
      ),
    ]
  })
}

function conflictMistakes(yaml: YamlFile, needs: readonly Read[]): Mistake[] {
  const all = allNeeds(needs.flatMap((read) => ('need' in read ? [read.need] : [])))
  if (countConflicts(all) <= mostConflicts) return []
  return [
    yaml.mistake(['needs'], `names more than ${mostConflicts} checks under conflicts, all needs together`),
  ]
}
