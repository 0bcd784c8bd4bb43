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
}

/** Whether anything of it can be done by a command there. */
export function hasCommands(steps: readonly FixStep[]): boolean {
  return steps.some(({ type }) => type === 'command')
}

export function stepsOfHost({ candidates, facts, lacking }: HostToFix): readonly FixStep[] {
  return stepsOf(candidates, facts, lacking.length > 1)
}

/**
 * A part for all hosts that need the same commands: each host gets what it lacks and no more. Where hosts of one distribution need
 * different ones, they are told apart by their names.
 */
export function scriptParts(hosts: readonly HostToFix[]): readonly ScriptPart[] {
  const groups = [
    ...Map.groupBy(hosts, (host) =>
      JSON.stringify([host.facts.distro.id, host.facts.installer, stepsOfHost(host)]),
    ).values(),
  ]
  return groups.flatMap((group) => {
    const [first] = group
    const distro = first?.facts.distro.id ?? null
    if (first === undefined || distro === null) return []
    const isAlone = groups.filter(([other]) => other?.facts.distro.id === distro).length === 1
    return [
      {
        distro,
        hosts: isAlone ? null : group.flatMap(({ name }) => [name, ...shortName(name, hosts)]),
        installer: first.facts.installer,
        about: group.flatMap(aboutHost),
        steps: stepsOfHost(first),
      },
    ]
  })
}

/** A Node may be named as its host is known to the network, and its host by the first part of that. */
function shortName(name: string, hosts: readonly HostToFix[]): readonly string[] {
  const short = name.replace(/\..*/, '')
  const isClear = hosts.every((other) => other.name === name || other.name.replace(/\..*/, '') !== short)
  return isClear && short !== name ? [short] : []
}

function aboutHost({ name, lacking }: HostToFix): readonly string[] {
  return lacking.map(({ check, needs }) => {
    const which = needs.map(({ id, reason }) => `${id} (${reason})`).join(', ')
    return `${name}: ${check}${which === '' ? '' : `: ${which}`}`
  })
}
