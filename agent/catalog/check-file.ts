import type { Check } from '../model/check.ts'
import { kinds } from '../needs/index.ts'
import { checkFile, checkName } from './check-schema.ts'
import { checkShape, parseYaml } from './document.ts'
import type { YamlFile } from './document.ts'
import type { Mistake } from './mistake.ts'
import { readNeed } from './read-need.ts'
import type { Read } from './read-need.ts'
import type { Rules } from './reader.ts'

export type CheckRead = { readonly check: Check } | { readonly mistakes: readonly Mistake[] }

/** Reads one check file: the check, or every mistake in it at once. */
export function readCheckFile(file: string, text: string, rules: Rules): CheckRead {
  const parsed = parseYaml(file, text)
  if ('mistakes' in parsed) return parsed
  const { yaml } = parsed
  const name = nameOf(file)
  const shape = checkShape(yaml, { path: [], value: yaml.value }, checkFile)
  const needs = readNeeds(yaml, rules)
  const mistakes = [
    ...nameMistakes(yaml, name),
    ...('mistakes' in shape ? shape.mistakes : []),
    ...needs.flatMap((need) => ('mistakes' in need ? need.mistakes : [])),
    ...doubleNeeds(yaml, needs),
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

function nameOf(file: string): string {
  return (file.split('/').at(-1) ?? file).replace(/\.ya?ml$/, '')
}

function nameMistakes(yaml: YamlFile, name: string): Mistake[] {
  const result = checkName.safeParse(name)
  if (result.success) return []
  return result.error.issues.map((issue) =>
    yaml.mistake([], `the check's name is the file's, and "${name}" ${issue.message}`),
  )
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
