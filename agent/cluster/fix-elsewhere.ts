import { fixText } from '#agent/fixes/fix-text.ts'
import type { Check } from '#agent/model/check.ts'
import { closure } from '#agent/model/closure.ts'
import { findOpponents, needsAgainst } from '#agent/model/conflict.ts'
import type { OpponentView } from '#agent/model/conflict.ts'
import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'
import type { FixCandidate } from '#agent/model/fix-candidate.ts'
import { otherFixes } from '#agent/model/other-fixes.ts'
import type { Need } from '#agent/model/need.ts'
import { allNeeds, checkNeeds } from '#agent/model/needs-of.ts'
import { isReason, repeatVerdict, stateOf } from '#agent/model/reason.ts'
import type { Reason } from '#agent/model/reason.ts'
import type { State } from '#agent/model/state.ts'

/** A need that is missing or unknown, by its id, and why. */
export interface NeedRef {
  readonly id: string
  readonly reason: string
}

export function needWords(needs: readonly NeedRef[]): string {
  return needs.map(({ id, reason }) => `${id} ${reason}`).join(', ')
}

/** What is known here of a node elsewhere: nothing of it gets into a fix but ids, reasons and facts that are known words. */
export interface Elsewhere {
  readonly catalog: ReadonlyMap<string, Check>
  readonly facts: FixFacts
  /** What the node says of its checks, by name. */
  readonly checks: ReadonlyMap<string, { readonly state: State; readonly needs: readonly NeedRef[] }>
}

/**
 * The fix of a check on a node elsewhere, written from the catalogue that is here. null where the catalogue does not know the check,
 * nothing is missing, or the fix depends on more than the node says.
 */
export function fixElsewhere(name: string, elsewhere: Elsewhere): string | null {
  const candidates = candidatesElsewhere(name, elsewhere)
  return candidates === null ? null : fixText(candidates, elsewhere.facts)
}

/** What that fix is made of. */
export function candidatesElsewhere(name: string, elsewhere: Elsewhere): readonly FixCandidate[] | null {
  return candidatesOf(name, elsewhere, new Set())
}

/** null when one of the missing needs cannot be fixed from here: half a fix would mislead. */
function candidatesOf(
  name: string,
  elsewhere: Elsewhere,
  seen: ReadonlySet<string>,
): readonly FixCandidate[] | null {
  const [check, said] = [elsewhere.catalog.get(name), elsewhere.checks.get(name)]
  if (check === undefined || seen.has(name)) return null
  if (said === undefined)
    return check.fix === null ? null : [{ exact: null, others: [check.fix], opponents: [] }]
  const all = said.needs.flatMap(({ id, reason }) => {
    if (!isReason(reason) || stateOf(reason) !== 'missing') return []
    return { need: allNeeds(check.needs).find((need) => need.id === id), reason }
  })
  // As the agent does: when something required is missing, recommendations can wait.
  const pressing = said.state === 'missing' ? all.filter(({ need }) => need?.recommended !== true) : all
  const candidates = pressing.map(({ need, reason }) => {
    if (need === undefined) return null
    if (need.type !== 'check') return candidatesOfNeed(need, check, { elsewhere, reason })
    return candidatesOf(need.check, elsewhere, new Set([...seen, name]))
  })
  const known = candidates.flatMap((some) => some ?? [])
  return candidates.includes(null) || known.length === 0 ? null : known
}

interface Why {
  readonly elsewhere: Elsewhere
  readonly reason: Reason
}

function candidatesOfNeed(
  need: Need,
  check: Check,
  { elsewhere, reason }: Why,
): readonly FixCandidate[] | null {
  if (ofHostAlone.includes(reason)) return null
  const said = repeatVerdict({ state: 'missing', reason, message: '' }, [])
  const opponents = findOpponents(need, [reason], opponentsOn(elsewhere, check))
  const exact = exactFix(need, reason)
  const own = { exact, others: otherFixes(need, check, said), opponents, isRecommended: need.recommended }
  if (need.type !== 'anyOf' || fixText([own], elsewhere.facts) !== null) return [own]
  // Of alternatives, the first that something is known for.
  const inner = need.needs.map((one) => ({ ...own, exact: null, others: otherFixes(one, check, null) }))
  const first = inner.find((one) => fixText([one], elsewhere.facts) !== null)
  return first === undefined ? null : [first]
}

/** Their fix is made of what the host answered. */
const ofHostAlone: readonly Reason[] = [
  'BinaryNotExecutable',
  'GoneAfterReboot',
  'ModuleBlocked',
  'PackageBroken',
  'UnitFailed',
  'UnitMasked',
]

function exactFix({ id }: Need, reason: Reason): Fix | null {
  if (reason === 'RebootRequired' || reason === 'KernelReplaced') return { reboot: true }
  const [kind, name] = id.split(/:(.*)/s)
  return reason === 'ModuleNotLoaded' && kind === 'kernelModule' && name ? { modules: [name] } : null
}

/** Which checks of that node want the opposite; a need that its check does not complain of is met. */
function opponentsOn({ catalog, checks }: Elsewhere, check: Check): OpponentView {
  const includes = (name: string) => checkNeeds(catalog.get(name)?.needs ?? []).map((need) => need.check)
  return {
    publishedBy: (name) => [...checks.keys()].filter((one) => closure([one], includes).has(name)),
    opposing(name) {
      const said = checks.get(name)
      if (said === undefined) return []
      const against = needsAgainst(catalog.get(name)?.needs ?? [], check.name)
      return against.map((need): State => {
        const trouble = said.needs.find(({ id }) => id === need.id)?.reason
        if (trouble === undefined) return said.state === 'not-applicable' ? said.state : 'ready'
        return isReason(trouble) ? stateOf(trouble) : 'unknown'
      })
    },
  }
}
