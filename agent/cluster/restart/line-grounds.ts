import type { NodeStatus } from '#agent/cluster/node-status.ts'
import type { PodSeen, SeenText, TextHits } from '#agent/cluster/why/lines/find-hits.ts'
import { evidenceOf } from '#agent/cluster/why/no-cause.ts'
import { noNeed } from '#agent/model/check.ts'
import type { Check } from '#agent/model/check.ts'
import { closure } from '#agent/model/closure.ts'
import { checkNeeds } from '#agent/model/needs-of.ts'
import type { Hit } from '#agent/symptoms/hit.ts'
import type { FixedSince } from './fixed-since.ts'
import type { Ground } from './verdict.ts'

/** What a line is weighed with. */
export interface LineFacts {
  readonly node: NodeStatus
  readonly catalog: ReadonlyMap<string, Check>
}

/** The line of these containers that points to the check; null when none does for sure. */
export function groundOfLine(
  { events }: PodSeen,
  texts: readonly TextHits[],
  { fixed, facts }: { readonly fixed: FixedSince; readonly facts: LineFacts },
): Ground | null {
  const own = texts.filter(({ text }) => isOf(text, fixed) && !isNewEvent(text, events, fixed))
  for (const { text, hits } of own) {
    const hit = hits.find((one) => isSure(one) && pointsTo(one, fixed, facts))
    if (hit !== undefined) return { by: 'line', need: hit.need, evidence: evidenceOf(text, hit.text) }
  }
  return null
}

function isOf({ container }: SeenText, { began }: FixedSince): boolean {
  return container === null || began.some((failing) => failing.container.name === container)
}

/** What is still said since the node has it is about something else. */
function isNewEvent({ from, text }: SeenText, events: PodSeen['events'], { since }: FixedSince): boolean {
  const same = from === 'event' ? events.filter(({ message }) => message === text) : []
  return same.some(({ lastAt }) => lastAt >= Date.parse(since))
}

function isSure({ confidence, doubt, line, need }: Hit): boolean {
  return confidence !== 'possible' && doubt === null && line > 0 && need !== noNeed
}

/** A check that the node speaks of stands for itself; one that it does not, for those that include it. */
function pointsTo({ check, need }: Hit, { said }: FixedSince, { node, catalog }: LineFacts): boolean {
  if (check === null || said.needs.some(({ id }) => id === need)) return false
  if (check === said.name || need === `check:${said.name}`) return true
  return node.checks.every(({ name }) => name !== check) && includes(said.name, check, catalog)
}

function includes(name: string, other: string, catalog: LineFacts['catalog']): boolean {
  const includedBy = (one: string) => checkNeeds(catalog.get(one)?.needs ?? []).map(({ check }) => check)
  return closure([name], includedBy).has(other)
}
