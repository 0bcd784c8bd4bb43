import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix, FixByDistro } from '#agent/model/fix.ts'
import { isPrintable, plainLines } from '#agent/model/plain.ts'
import { keysFor } from './families.ts'
import { fixSteps } from './fix-steps.ts'
import type { FixStep } from './fix-steps.ts'

/** What a check file says for this host's distribution: its ID, then ID_LIKE, then its family, then "all". */
export function chooseFix(fix: FixByDistro, facts: FixFacts): Fix | null {
  const key = keysFor(facts).find((name) => Object.hasOwn(fix, name))
  return key === undefined ? null : (fix[key] ?? null)
}

/** A fix as lines for a root shell: commands, and notes as comments. null when there is nothing to say. */
export function renderFix(fix: Fix, facts: FixFacts): string | null {
  const steps = fixSteps(fix, facts)
  return steps.length === 0 ? null : steps.flatMap(showStep).join('\n')
}

/** Whoever pastes a command must see all of it: one that holds what is not shown, as a file's name may, is left out. */
function showStep({ type, text }: FixStep): readonly string[] {
  if (type === 'note' || type === 'rest') return [plainLines(`# ${text}`)]
  const parts = text.split('\n')
  return parts.every(isPrintable) ? parts : [`# ${leftOut}`]
}

export const leftOut = 'A command is left out: it holds characters that cannot be shown.'
