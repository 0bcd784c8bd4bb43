import type { Cause, HostSide, PodNamed, WhyAnswer } from './answer.ts'
import { whyVerdicts } from './answer.ts'

/** A pod with its cause. */
export interface Explained {
  readonly pod: PodNamed
  readonly cause: Cause
  readonly lacking: readonly string[]
}

/** Pods that fail for one cause are one answer; the surest first, then those of most pods. */
export function joinAnswers(explained: readonly Explained[]): readonly WhyAnswer[] {
  const groups = [...Map.groupBy(explained, keyOf).values()]
  return groups
    .flatMap((group) => join(group) ?? [])
    .toSorted(
      (a, b) =>
        whyVerdicts.indexOf(a.verdict) - whyVerdicts.indexOf(b.verdict) || b.pods.length - a.pods.length,
    )
}

function keyOf({ cause: { verdict, check, need, says, next } }: Explained): string {
  return JSON.stringify([verdict, check, need, says, next])
}

function join(group: readonly Explained[]): WhyAnswer | null {
  const [first] = group
  if (first === undefined) return null
  const lines = (of: (one: Explained) => readonly string[]) => [...new Set(group.flatMap(of))]
  return {
    ...first.cause,
    evidence: first.cause.evidence,
    hosts: uniqueHosts(group.flatMap(({ cause }) => cause.hosts)),
    ruledOut: lines(({ cause }) => cause.ruledOut),
    also: lines(({ cause }) => cause.also),
    pods: group.map(({ pod }) => pod),
    lacking: lines(({ lacking }) => lacking),
  }
}

function uniqueHosts(hosts: readonly HostSide[]): readonly HostSide[] {
  return [...new Map(hosts.map((host) => [JSON.stringify([host.node, host.needs]), host])).values()]
}
