import type { Check } from '#agent/model/check.ts'
import { bareImage, isImage } from '#agent/model/image.ts'
import { checkNeeds } from '#agent/model/needs-of.ts'
import type { Hints } from '#agent/model/explanation.ts'

/** The checks that the hints may be about, by parts of their names too, and all that they include: to rank, not to accuse. */
export function hintedChecks(checks: ReadonlyMap<string, Check>, hints: Hints): ReadonlySet<string> {
  const words = wordsOfHints(hints)
  const isMeant = ({ name }: Check) =>
    name.split('-').some((part) => !vague.includes(part) && words.has(part))
  const close = [...checks.values()].filter(isMeant).map(({ name }) => name)
  const found = new Set([...namedChecks(checks, hints), ...close])
  for (const name of found)
    for (const need of checkNeeds(checks.get(name)?.needs ?? [])) found.add(need.check)
  return found
}

/** The checks of the workload that the hints speak of: by its image, its container's name or its namespace, as a whole. */
export function namedChecks(checks: ReadonlyMap<string, Check>, hints: Hints): readonly string[] {
  const words = wordsOfHints(hints)
  const image = hints.image?.slice(0, longestImage) ?? ''
  return [...checks.values()]
    .filter(
      ({ name, aliases, containers, ...check }) =>
        [name, ...aliases].some((one) => words.has(one)) ||
        containers.includes(hints.component ?? '') ||
        isOfImage({ name, ...check }, image),
    )
    .map(({ name }) => name)
}

/** Characters of an image's name; registries allow 255 and a digest. */
const longestImage = 512

function wordsOfHints({ component, namespace }: Hints): ReadonlySet<string> {
  return new Set([component, namespace].flatMap((hint) => wordsOf(hint ?? '')))
}

/** Of a hint, what is looked at: whoever makes a pod names its image, at any length. */
const [longestHint, mostParts] = [200, 8]

/** "longhorn-manager" → the whole, and its beginnings: "longhorn-manager", "longhorn". */
function wordsOf(hint: string): readonly string[] {
  const parts = hint.slice(0, longestHint).toLowerCase().split(/[-_.]/, mostParts)
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

function isOfImage({ name, images }: Pick<Check, 'name' | 'images'>, image: string): boolean {
  if (image === '') return false
  const last = bareImage(image).replace(/^.*\//, '')
  return images.some((one) => isImage(image, one)) || wordsOf(last).includes(name)
}
