import type { Crash, Finding, Report } from './report.ts'

/** The containers of this node that crash because of one need, as they are shown. */
export interface CrashGroup {
  /** As in {@link Crash}. */
  readonly need: string
  readonly checks: readonly string[]
  /** What is wrong with the need, in words; the need's id once it is ready. */
  readonly message: string
  readonly fix: string | null
  /** How many containers crash. */
  readonly containers: number
  /** When the first of them was confirmed, RFC 3339. */
  readonly since: string
  /** When the need turned ready, RFC 3339; null while it is not. */
  readonly fixed: string | null
  /** Absent where whoever reads them may have no right to see pods: {@link groupCrashes}. */
  readonly pods?: readonly CrashedContainer[]
}

export type CrashedContainer = Pick<Crash, 'namespace' | 'pod' | 'container' | 'restarts' | 'since' | 'ended'>

/**
 * One group a need, those that are not fixed first, then those with the most containers.
 *
 * @param isNamed whether pods may be named. Reading pods needs a right in Kubernetes, which an open port must not give away.
 */
export function groupCrashes(
  { crashes, checks }: Pick<Report, 'crashes' | 'checks'>,
  { isNamed }: { readonly isNamed: boolean },
): readonly CrashGroup[] {
  const byNeed = Map.groupBy(crashes, ({ need }) => need)
  const groups = [...byNeed.values()].map((members) => {
    const [first] = members as [Crash, ...Crash[]]
    const { need } = first
    const told = [...new Set(members.flatMap((crash) => crash.checks))]
    const finding = told
      .map((name) => findingOf(checks.find((check) => check.name === name)?.findings ?? [], need))
      .find((one) => one !== null)
    const isFixed = members.every(({ fixed }) => fixed !== null)
    return {
      need,
      checks: told,
      message: isFixed ? need : (finding?.message ?? need),
      fix: isFixed ? null : (finding?.fix ?? null),
      containers: members.length,
      since: earliest(members.map(({ since }) => since)),
      fixed: isFixed ? earliest(members.flatMap(({ fixed }) => fixed ?? [])) : null,
      ...(isNamed && { pods: members.map(containerOf) }),
    }
  })
  return groups.toSorted(
    (a, b) => Number(a.fixed !== null) - Number(b.fixed !== null) || b.containers - a.containers,
  )
}

/** "3 containers crash here because iscsiadm is not on the host's PATH (open-iscsi, longhorn)" */
export function crashHeadline({ containers, message, checks, fixed }: CrashGroup): string {
  const names = checks.length > mostNames ? [...checks.slice(0, mostNames), 'and others'] : checks
  const many = containers === 1 ? '1 container' : `${containers} containers`
  if (fixed !== null) {
    const it = containers === 1 ? 'it' : 'them'
    return `${many} crashed here for want of ${names.join(', ')}: fixed at ${clockTime(fixed)}, the kubelet starts ${it} again within 5 min`
  }
  return `${many} ${containers === 1 ? 'crashes' : 'crash'} here because ${message} (${names.join(', ')})`
}

const mostNames = 4

function clockTime(at: string): string {
  return `${at.slice(11, 16)} UTC`
}

function containerOf({ namespace, pod, container, restarts, since, ended }: Crash): CrashedContainer {
  return { namespace, pod, container, restarts, since, ended }
}

function earliest(times: readonly string[]): string {
  return times.toSorted()[0] ?? ''
}

/** The finding of a need that is not ready, also below the parts of another. */
function findingOf(findings: readonly Finding[], need: string): Finding | null {
  for (const finding of findings) {
    if (finding.need === need && finding.state !== 'ready') return finding
    const inner = findingOf(finding.findings ?? [], need)
    if (inner !== null) return inner
  }
  return null
}
