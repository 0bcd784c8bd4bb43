import type { Answers } from './answers.ts'
import type { Facts } from './facts.ts'
import type { HostNeed, Need } from './need.ts'
import type { Verdict } from './reason.ts'

/** What a need is after a reboot, as far as files prove it: `stays` is also whatever cannot be told. */
type Outlook = 'unmet' | 'stays' | Verdict

/**
 * Of a need that is ready now, what a reboot takes away; null where it stays, and where that cannot be told. Of several
 * alternatives each that is ready must go. A check that is included says so itself.
 */
export function goneAfterReboot(need: Need, answers: Answers, facts: Facts): Verdict | null {
  if (need.type === 'host') return need.nextBoot?.(answers, facts) ?? null
  const outlook = outlookOf(need, answers, facts)
  return typeof outlook === 'string' ? null : outlook
}

function outlookOf(need: Need, answers: Answers, facts: Facts): Outlook {
  if (need.type === 'check') return 'stays'
  if (need.applies(facts) !== null) return 'unmet'
  return need.type === 'host' ? ofHost(need, answers, facts) : ofAlternatives(need.needs, answers, facts)
}

function ofHost(need: HostNeed, answers: Answers, facts: Facts): Outlook {
  const { state } = need.judge(answers, facts)
  if (state === 'missing' || state === 'not-applicable') return 'unmet'
  return (state === 'ready' ? need.nextBoot?.(answers, facts) : null) ?? 'stays'
}

function ofAlternatives(needs: readonly Need[], answers: Answers, facts: Facts): Outlook {
  if (!needs.some(hasHook)) return 'stays'
  let first: Outlook = 'unmet'
  for (const need of needs) {
    const outlook = outlookOf(need, answers, facts)
    // The others are not judged again: one that stays is enough.
    if (outlook === 'stays') return outlook
    if (first === 'unmet') first = outlook
  }
  return first
}

function hasHook(need: Need): boolean {
  if (need.type === 'anyOf') return need.needs.some(hasHook)
  return need.type === 'host' && need.nextBoot !== null
}

/** Of all these needs that apply, those of which it may be told what a reboot takes away. */
export function hooksOf(needs: readonly Need[], facts: Facts): readonly HostNeed[] {
  const hooks: HostNeed[] = []
  for (const need of needs) {
    if (!hasHook(need) || need.applies(facts) !== null) continue
    if (need.type === 'anyOf') hooks.push(...hooksOf(need.needs, facts))
    else if (need.type === 'host') hooks.push(need)
  }
  return hooks
}
