import type { Check } from '#agent/model/check.ts'
import { bareImage, isImage } from '#agent/model/image.ts'
import { checkNeeds } from '#agent/model/needs-of.ts'
import type { Hints } from './hit.ts'

/** The checks that the hints name, and all that they include. */
export function hintedChecks(checks: ReadonlyMap<string, Check>, hints: Hints): ReadonlySet<string> {
  const found = new Set(namedChecks(checks, hints))
  for (const name of found)
    for (const need of checkNeeds(checks.get(name)?.needs ?? [])) found.add(need.check)
  return found
}

/** The checks of the workload that the hints speak of, by its image, its container's name or its namespace. */
export function namedChecks(checks: ReadonlyMap<string, Check>, hints: Hints): readonly string[] {
  const words = [hints.component, hints.namespace].flatMap((hint) => wordsOf(hint ?? ''))
  const image = hints.image ?? ''
  return [...checks.values()]
    .filter((check) => isNamed(check, words) || isOfImage(check, image))
    .map(({ name }) => name)
}

/** "longhorn-manager" → the whole, and its beginnings: "longhorn-manager", "longhorn". */
function wordsOf(hint: string): readonly string[] {
  const parts = hint.toLowerCase().split(/[-_.]/)
  return parts.map((_, index) => parts.slice(0, index + 1).join('-')).filter((word) => word.length > 2)
}

/** Words that are in the names of too many workloads to tell one. */
const vague = [
  'csi',
  'node',
  'kube',
  'driver',
  'controller',
  'operator',
  'system',
  'server',
  'agent',
  'manager',
]

function isNamed({ name, aliases }: Check, words: readonly string[]): boolean {
  const parts = name.split('-').filter((part) => !vague.includes(part))
  return [name, ...aliases, ...parts].some((one) => words.includes(one))
}

function isOfImage({ name, images }: Check, image: string): boolean {
  if (image === '') return false
  const last = bareImage(image).replace(/^.*\//, '')
  return images.some((one) => isImage(image, one)) || wordsOf(last).includes(name)
}
