import { distroNames, families, imageDistros } from '#agent/model/distro.ts'
import type { FixFacts } from '#agent/model/facts.ts'
import { memoizeLast } from '#agent/model/memoize-last.ts'

/** What a `fix:` may be keyed by. */
export const fixKeys: readonly string[] = [
  'all',
  ...new Set([...Object.keys(families), ...Object.values(families).flat(), ...imageDistros]),
]

/** The ids of a family beside its own; none when it is no family. */
export function membersOf(family: string): readonly string[] {
  return families[family]?.filter((id) => id !== family) ?? []
}

/** The keys under which a host's fix is looked for, nearest first. A distribution that is one image has only its own. */
export const keysFor = memoizeLast((facts: FixFacts): readonly string[] => {
  if (isWhollyImage(facts)) return [facts.imageBased]
  const names = distroNames(facts.distro)
  return [...new Set([...names, ...(facts.family === null ? [] : [facts.family]), 'all'])]
})

/** Whether only what was written for this very distribution can be done. */
export function isWhollyImage(
  facts: FixFacts,
): facts is FixFacts & { imageBased: (typeof imageDistros)[number] } {
  return imageDistros.some((one) => one === facts.imageBased)
}
