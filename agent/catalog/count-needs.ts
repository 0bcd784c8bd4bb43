/** Counts the needs in a file, including those in anyOf, valid or not. */
export function countNeeds(needs: readonly unknown[]): number {
  return needs.reduce<number>((sum, need) => sum + 1 + countNeeds(alternativesOf(need)), 0)
}

/** The alternatives in a need's anyOf; none where it has no anyOf. */
export function alternativesOf(need: unknown): readonly unknown[] {
  if (typeof need !== 'object' || need === null || !('anyOf' in need)) return []
  return Array.isArray(need.anyOf) ? need.anyOf : []
}
