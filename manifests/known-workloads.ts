import { hostsFor } from '#agent/catalog/lint/lint-hosts.ts'
import type { Check } from '#agent/model/check.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Need } from '#agent/model/need.ts'
import { requiredChecks } from '#agent/model/needs-of.ts'

/** A workload that the gate recognizes by its image. */
export interface Workload {
  /** Its folder and name, in any registry. */
  readonly image: string
  /** The workload's own check, then the checks that it includes, which stand in while that one is not published. */
  readonly checks: readonly string[]
}

/** Kinds of need that may turn out not to apply only when they are judged. */
const doubtfulKinds = ['clock', 'disk', 'limits', 'package']

export function knownWorkloads(all: readonly Check[]): Workload[] {
  const byName = new Map(all.map((check) => [check.name, check]))
  return all.flatMap((check) => {
    const checks = [check.name, ...requiredBy(check, byName)]
    return check.images.map((image) => ({ image, checks }))
  })
}

/**
 * The checks that a check requires on every host. It leaves out those that do not apply everywhere: their label would be
 * not-applicable on some host, and a pod that selects "ready" would never come there.
 */
function requiredBy(check: Check, byName: ReadonlyMap<string, Check>): string[] {
  const taken = requiredChecks(check).flatMap((name) => {
    const other = byName.get(name)
    if (other === undefined) return []
    return [...(appliesEverywhere(other, byName) ? [other.name] : []), ...requiredBy(other, byName)]
  })
  return [...new Set(taken)]
}

function requiredOf({ needs }: Check): Need[] {
  return needs.filter(({ recommended }) => !recommended)
}

function appliesEverywhere(check: Check, byName: ReadonlyMap<string, Check>): boolean {
  const needs = requiredOf(check)
  return hostsFor(needs).every((facts) => needs.some((need) => needApplies(need, facts, byName)))
}

function needApplies(need: Need, facts: Facts, byName: ReadonlyMap<string, Check>): boolean {
  if (need.applies(facts) !== null) return false
  if (need.type === 'host') return !doubtfulKinds.includes(need.kind)
  if (need.type === 'anyOf') return need.needs.some((inner) => needApplies(inner, facts, byName))
  const other = byName.get(need.check)
  return other !== undefined && appliesEverywhere(other, byName)
}
