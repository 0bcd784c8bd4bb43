/** Needs as they are written, with those in anyOf, whatever each of them is. */
export function countNeeds(needs: readonly unknown[]): number {
  return needs.reduce<number>((sum, need) => sum + 1 + countNeeds(alternativesOf(need)), 0)
}

/** What stands in a need's anyOf; nothing where it has none. */
export function alternativesOf(need: unknown): readonly unknown[] {
  if (typeof need !== 'object' || need === null || !('anyOf' in need)) return []
  return Array.isArray(need.anyOf) ? need.anyOf : []
}
