import type { Check } from './check.ts'
import type { FixByDistro } from './fix.ts'
import type { Need } from './need.ts'
import type { Verdict } from './reason.ts'

/**
 * Nearest first. What the file writes for a need is more careful than its kind's generic fix. The check's fix is its only need's
 * fix; with several needs it is for those that nothing nearer fixes.
 */
export function otherFixes(need: Need, check: Check, said: Verdict | null): readonly FixByDistro[] {
  const genericFix = said === null || said.genericFix === null ? null : { all: said.genericFix }
  const ofKind = need.type === 'host' ? need.genericFix(said?.reason ?? null) : null
  return [...nearFixes(need, check), genericFix, said?.fixByDistro ?? null, ofKind, check.fix].filter(
    (fix) => fix !== null,
  )
}

/** What the check file writes for this very need. */
export function nearFixes(need: Need, check: Check): readonly FixByDistro[] {
  return [need.fix, check.needs.length === 1 ? check.fix : null].filter((fix) => fix !== null)
}
