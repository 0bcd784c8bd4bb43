import type { Facts } from '../model/facts.ts'
import type { Fix } from '../model/fix.ts'
import type { Mend } from '../model/judge.ts'
import { installerOf } from './families.ts'
import { chooseFix, mergeFixes, renderFix } from './render-fix.ts'

/** The fixes of several findings as one text for this host: lines for a root shell; null when there is none. */
export function fixText(mends: readonly Mend[], facts: Facts): string | null {
  const fixes = mends.flatMap((mend) => chooseMend(mend, facts) ?? [])
  return fixes.length === 0 ? null : renderFix(mergeFixes(fixes), facts)
}

/** The fix of the very reason wins, but on an image-based system only what was written for it can be done. */
function chooseMend(mend: Mend, facts: Facts): Fix | null {
  const written = mend.written.map((fix) => chooseFix(fix, facts)).find((fix) => fix !== null) ?? null
  if (installerOf(facts.distro) === 'image') return written
  return mend.own ?? written
}
