import { RE2JS } from 're2js'
import type { Check } from '../model/check.ts'
import { kinds } from '../needs/index.ts'
import { checkFile, checkName } from './check-schema.ts'
import { checkShape, knownYaml, parseYaml } from './document.ts'
import type { YamlFile } from './document.ts'
import type { Mistake } from './mistake.ts'
import { readNeed } from './read-need.ts'
import type { Read } from './read-need.ts'
import type { Rules } from './reader.ts'

export type CheckRead = { readonly check: Check } | { readonly mistakes: readonly Mistake[] }

/** One file as it was read; its place is in the name. */
export interface CheckText {
  readonly file: string
  readonly text: string
  /** What the text says, where that is known already. */
  readonly value?: unknown
  readonly rules: Rules
}

export function readCheckFile(file: string, text: string, rules: Rules): CheckRead {
  return readCheck({ file, text, rules })
}

/** Reads one check file: the check, or every mistake in it at once. */
export function readCheck(written: CheckText): CheckRead {
  const { file, rules } = written
  const parsed =
    written.value === undefined
      ? parseYaml(file, written.text)
      : { yaml: knownYaml(file, written.value, () => written.text) }
  if ('mistakes' in parsed) return parsed
  const { yaml } = parsed
  const name = checkNameOf(file)
  const shape = checkShape(yaml, { path: [], value: yaml.value }, checkFile)
  const needs = readNeeds(yaml, rules)
  const mistakes = [
    ...nameMistakes(yaml, name),
    ...('mistakes' in shape ? shape.mistakes : []),
    ...needs.flatMap((need) => ('mistakes' in need ? need.mistakes : [])),
    ...doubleNeeds(yaml, needs),
    ...(written.value === undefined && 'value' in shape ? patternMistakes(yaml, shape.value.symptoms) : []),
  ]
  if (mistakes.length > 0 || 'mistakes' in shape) return { mistakes }
  const { fix = null, ...rest } = shape.value
  const symptoms = rest.symptoms.map((symptom) => ({
    ...symptom,
    source: symptom.source ?? null,
    unverified: symptom.unverified ?? null,
  }))
  const good = needs.flatMap((need) => ('need' in need ? [need.need] : []))
  return { check: { ...rest, symptoms, name, fix, needs: good, origin: rules.origin } }
}

/** A check's name is its file's. */
export function checkNameOf(file: string): string {
  return (file.split('/').at(-1) ?? file).replace(/\.ya?ml$/, '')
}

function nameMistakes(yaml: YamlFile, name: string): Mistake[] {
  const result = checkName.safeParse(name)
  if (result.success) return []
  return result.error.issues.map((issue) =>
    yaml.mistake([], `the check's name is the file's, and "${name}" ${issue.message}`),
  )
}

/** Hundreds of patterns take long to compile. Those of files whose values are known were looked at when these were written. */
function patternMistakes(yaml: YamlFile, symptoms: readonly { readonly log: string }[]): Mistake[] {
  return symptoms.flatMap(({ log }, index) => {
    try {
      RE2JS.compile(log)
      return []
    } catch (error) {
      const message = `is not a pattern in RE2 syntax: ${(error as Error).message}`
      return [yaml.mistake(['symptoms', index, 'log'], message)]
    }
  })
}

function readNeeds(yaml: YamlFile, rules: Rules): Read[] {
  const { value } = yaml
  if (typeof value !== 'object' || value === null || !('needs' in value) || !Array.isArray(value.needs))
    return []
  return value.needs.map((need: unknown, index) => readNeed({ yaml, rules, kinds }, ['needs', index], need))
}

function doubleNeeds(yaml: YamlFile, needs: readonly Read[]): Mistake[] {
  const ids = needs.map((need) => ('need' in need ? need.need.id : null))
  return ids.flatMap((id, index) => {
    const isDouble = id !== null && ids.indexOf(id) < index
    return isDouble ? [yaml.mistake(['needs', index], `the need ${id} stands here twice`)] : []
  })
}
