import type { Loaded } from '#agent/catalog/load.ts'
import type { Check } from '#agent/model/check.ts'
import { isSameHost } from '#agent/model/facts.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Failed } from '#agent/model/failed.ts'
import type { Judgement } from '#agent/model/judge.ts'
import { plan } from '#agent/model/plan.ts'
import type { Plan } from '#agent/model/plan.ts'
import { isSameList } from '#agent/model/same-list.ts'

/** What one round leaves to the next, so that only what has changed is planned and judged again. */
export interface RoundMemory {
  /** For this config and these checks: empty when the round before had others. */
  of(loaded: Loaded): Remembered
  /** Lets all of it go: the next round is made as the first one. A round under way keeps nothing for it. */
  forget(): void
}

export interface Remembered {
  judgement: Judgement['kept']
  readonly makePlan: typeof plan
}

export function openRoundMemory(): RoundMemory {
  let last: { readonly loaded: Loaded; readonly remembered: Remembered } | null = null
  return {
    of(loaded) {
      if (last?.loaded !== loaded) last = { loaded, remembered: { judgement: null, makePlan: planOnce() } }
      return last.remembered
    },
    forget() {
      if (last !== null) last.remembered.judgement = null
      last = null
    },
  }
}

/** Plans again when the checks or the facts have changed, and after a bug of ours. */
function planOnce(): typeof plan {
  let last: { readonly checks: readonly Check[]; readonly facts: Facts; readonly planned: Plan } | null = null
  return (checks, facts, failed) => {
    if (last !== null && isSameList(checks, last.checks) && isSameHost(facts, last.facts)) return last.planned
    last = null
    let isWhole = true
    const noting: Failed = (error, need) => {
      isWhole = false
      failed?.(error, need)
    }
    const planned = plan(checks, facts, noting)
    last = isWhole ? { checks, facts, planned } : null
    return planned
  }
}
