import { stepsOf } from '#agent/fixes/fix-text.ts'
import type { FixStep } from '#agent/fixes/fix-steps.ts'
import type { FixFacts } from '#agent/model/facts.ts'
import type { FixCandidate } from '#agent/model/fix-candidate.ts'
import type { ScriptPart } from './fix-script.ts'

/** A check that is not ready on a host, and the needs that it wants for. */
export interface Lacking {
  readonly check: string
  readonly needs: readonly { readonly id: string; readonly reason: string }[]
}

/** What a host lacks, and what its fix is made of. */
export interface HostToFix {
  readonly name: string
  readonly facts: FixFacts
  readonly lacking: readonly Lacking[]
  readonly candidates: readonly FixCandidate[]
  /** Somebody named the checks. */
  readonly isNamed: boolean
}

/** Whether anything of it can be done by a command there. */
export function hasCommands(steps: readonly FixStep[]): boolean {
  return steps.some(({ type }) => type === 'command')
}

export function stepsOfHost({ candidates, facts, lacking, isNamed }: HostToFix): readonly FixStep[] {
  return stepsOf(candidates, facts, { ofSeveral: lacking.length > 1, isNamed })
}

/** Hosts that need the same commands. Those whose distribution is not known are left out: no script is for them. */
export function groupHosts(hosts: readonly HostToFix[]): readonly (readonly HostToFix[])[] {
  const known = hosts.filter(({ facts }) => facts.distro.id !== null)
  const keyOf = (host: HostToFix) =>
    JSON.stringify([host.facts.distro.id, host.facts.installer, stepsOfHost(host)])
  return [...Map.groupBy(known, keyOf).values()]
}

/**
 * A part for all hosts that need the same commands: each host gets what it lacks and no more. Where hosts of one distribution need
 * different ones, they are told apart by their names.
 */
export function scriptParts(hosts: readonly HostToFix[]): readonly ScriptPart[] {
  const groups = groupHosts(hosts)
  const idOf = (group: readonly HostToFix[]) => group[0]?.facts.distro.id
  return groups.flatMap((group) => {
    const isAlone = groups.filter((other) => idOf(other) === idOf(group)).length === 1
    const names = group.flatMap(({ name }) => [name, ...shortName(name, hosts)])
    return partFor(group, { hosts: isAlone ? null : names, about: group.flatMap(aboutHost) })
  })
}

/** The part for hosts of one group, whose names are not in it: so that it is one script however many they are. */
export function partOfGroup(group: readonly HostToFix[]): readonly ScriptPart[] {
  const about = [...new Set(group.flatMap(({ lacking }) => lacking.map(aboutCheck)))]
  return partFor(group, { hosts: null, about })
}

function partFor(
  [first]: readonly HostToFix[],
  words: Pick<ScriptPart, 'hosts' | 'about'>,
): readonly ScriptPart[] {
  const distro = first?.facts.distro.id ?? null
  if (first === undefined || distro === null) return []
  return [{ distro, installer: first.facts.installer, steps: stepsOfHost(first), ...words }]
}

/** A Node may be named as its host is known to the network, and its host by the first part of that. */
function shortName(name: string, hosts: readonly HostToFix[]): readonly string[] {
  const short = name.replace(/\..*/, '')
  const isClear = hosts.every((other) => other.name === name || other.name.replace(/\..*/, '') !== short)
  return isClear && short !== name ? [short] : []
}

function aboutHost({ name, lacking }: HostToFix): readonly string[] {
  return lacking.map((one) => `${name}: ${aboutCheck(one)}`)
}

function aboutCheck({ check, needs }: Lacking): string {
  const which = needs.map(({ id, reason }) => `${id} (${reason})`).join(', ')
  return which === '' ? check : `${check}: ${which}`
}
