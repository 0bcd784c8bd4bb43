import { conditionType, maxPublished } from '#agent/model/names.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'

/** What cannot go on one Node together; `place` tells where each name was written. Too many are told once. */
export function publishMistakes(
  names: readonly string[],
  place: (index: number) => Omit<Mistake, 'message'>,
): Mistake[] {
  if (names.length > maxPublished) {
    const message = `${names.length} checks are to be published; at most ${maxPublished} go on a Node (all are served over HTTP)`
    return [{ ...place(maxPublished), message }]
  }
  const byType = new Map<string, string>()
  return names.flatMap((name, index) => {
    const type = conditionType(name)
    const first = byType.get(type)
    if (first === undefined) byType.set(type, name)
    if (first === undefined) return []
    const message =
      first === name ? `${name} stands here twice` : `${name} and ${first} would be one condition, ${type}`
    return [{ ...place(index), message }]
  })
}
