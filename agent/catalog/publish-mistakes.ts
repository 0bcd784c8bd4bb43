import { conditionType, maxPublished } from '#agent/model/names.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'

/** Finds names that cannot be published on one Node together; `place` locates a name. Too many are reported once. */
export function publishMistakes(
  names: readonly string[],
  place: (index: number) => Omit<Mistake, 'message'>,
): Mistake[] {
  if (names.length > maxPublished) {
    const message = `${names.length} checks are listed, but a Node can have at most ${maxPublished} (HTTP serves all checks, listed or not)`
    return [{ ...place(maxPublished), message }]
  }
  const byType = new Map<string, string>()
  return names.flatMap((name, index) => {
    const type = conditionType(name)
    const first = byType.get(type)
    if (first === undefined) byType.set(type, name)
    if (first === undefined) return []
    const message =
      first === name ? `${name} is here twice` : `${name} and ${first} would be the same condition, ${type}`
    return [{ ...place(index), message }]
  })
}
