import type { History } from './history.ts'
import type { Reason } from './reason.ts'
import type { Spawned } from './spawns.ts'
import type { ShownConditions, State } from './state.ts'

/** A judged need. */
export interface Finding {
  /** The need's id within its check: "binary:iscsiadm". */
  readonly need: string
  readonly kind: string
  readonly state: State
  readonly reason: Reason
  readonly message: string
  /** What was seen: "/usr/sbin/iscsiadm, version 2.1.8". Never a file's content. */
  readonly evidence: readonly string[]
  readonly why: string
  /** Shell commands, one a line, and notes as comment lines; null when there is nothing to fix. */
  readonly fix: string | null
  readonly recommended: boolean
  /** The parts of an anyOf or of an included check. */
  readonly findings?: readonly Finding[]
  /** How many of these are left out because the check or the round would be too large; absent when none is. */
  readonly omitted?: number
}

/** One check in a round: its findings and what follows from them. */
export interface CheckResult {
  readonly name: string
  readonly title: string
  readonly why: string
  readonly state: State
  readonly reason: Reason
  readonly message: string
  readonly fix: string | null
  /** Where its facts are from, those of its needs too: http(s) addresses; absent when there is none. */
  readonly sources?: readonly string[]
  readonly findings: readonly Finding[]
  /** As in {@link Finding}. */
  readonly omitted?: number
}

export interface HostSummary {
  /** The static host name; null when there is none or it could not be read. */
  readonly hostname: string | null
  /** PRETTY_NAME of os-release, or why it could not be read. */
  readonly os: string
  /** ID of os-release; null when it could not be read. */
  readonly distro: string | null
  readonly kernel: string | null
  readonly arch: string
  /** VERSION_ID of os-release; null where there is none. */
  readonly version: string | null
  /** What a fix depends on besides: see FixFacts in facts.ts. */
  readonly family: string | null
  readonly installer: string
  readonly imageBased: string | null
  readonly container: string | null
}

/** How well the asking works. */
export interface Probing {
  /** Places of the host whose changes are seen at once, and those that the kernel refused to watch. */
  readonly watched: number
  readonly refused: number
  /** Watches that ended by themselves since the prober began: by an error, or with their folder. */
  readonly lost: number
  readonly spawned: Spawned
  /** Processes that were killed at their deadline and are still there (D state). */
  readonly abandoned: number
  /** Checks that had something left out (text, evidence, findings) because they or the round would be too large. */
  readonly cut: number
}

/**
 * A container of this node that crash-loops because of a need that the host lacks. Only what is confirmed is here, and never a
 * byte of its log.
 */
export interface Crash {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** The need's id: "binary:iscsiadm". */
  readonly need: string
  /** The checks that have this need or include one that has it: at least one, those that have it themselves first. */
  readonly checks: readonly string[]
  /** How often the kubelet has started the container again. */
  readonly restarts: number
  /** When it was confirmed, RFC 3339. */
  readonly since: string
  /** When the newest attempt ended, RFC 3339. */
  readonly ended: string
  /** When the need turned ready, RFC 3339; null while it is not. The kubelet may start the container only minutes later. */
  readonly fixed: string | null
}

/** A sign that the workload of a check is on this node. */
export interface Seen {
  readonly check: string
  /** Its containers were started here, or its CSI driver is registered with the kubelet. */
  readonly by: 'container' | 'driver'
}

/** What of a report goes on the Node, and how often it is restored there. */
export interface PublishSettings {
  readonly labels: boolean
  readonly conditions: ShownConditions
  readonly annotation: boolean
  readonly events: boolean
  /** How often what others removed or changed is restored, milliseconds. */
  readonly reapply: number
}

/** The server's settings. Only the prober reads user files, so both always use the same settings. */
export interface Settings {
  /** Hash of the config and all checks. */
  readonly hash: string
  /** The published checks. */
  readonly checks: readonly string[]
  /** Milliseconds between rounds. */
  readonly interval: number
  /** How long a proven state stays on the Node when answers stop coming, milliseconds. */
  readonly unknownAfter: number
  readonly publish: PublishSettings
  /** What is wrong in the files now, each with file and line. The last valid settings (or the valid parts) stay in use. */
  readonly mistakes: readonly string[]
  /** From alias to check name. */
  readonly aliases: Readonly<Record<string, string>>
}

/** All findings of one round of asking, without memory. */
export interface Round {
  readonly v: 1
  /** Wall clock, RFC 3339. */
  readonly at: string
  /** Boot clock, milliseconds. */
  readonly boot: number
  /** Milliseconds that the round took. */
  readonly took: number
  /** The settings that it was made with. */
  readonly settings: Settings
  readonly host: HostSummary
  readonly probing: Probing
  /** Most recent first. */
  readonly crashes: readonly Crash[]
  /** By the check's name; a check may be seen both ways. */
  readonly seen: readonly Seen[]
  /** One text that fixes all that is missing of the checks that matter here; null when there is nothing to fix. */
  readonly fix: string | null
  readonly checks: readonly CheckResult[]
}

export interface PublishedNeed {
  /** As in {@link Finding}'s `need`. */
  readonly id: string
  readonly reason: Reason
}

/** What the Node's label, condition and annotation are made of. */
export interface Published {
  readonly state: State
  /** Since when the Node's label has this state, RFC 3339. */
  readonly since: string
  readonly reason: Reason
  readonly message: string
  readonly fix: string | null
  /** The state before this one; null when there was none, or when it is not known any more. */
  readonly was: State | null
  /** The needs that are missing or unknown, with why. */
  readonly needs: readonly PublishedNeed[]
}

/** A check settled over time. */
export interface ReportCheck extends CheckResult {
  /** When this state was first seen, RFC 3339. */
  readonly since: string
  /** Whether it goes on the Node. */
  readonly isPublished: boolean
  /** What the Node says: the same as the check, except that a proven state outlives silence for `unknownAfter`. */
  readonly published: Published
  /** A change that was seen but not yet confirmed: the new state, and since when. */
  readonly pending: { readonly state: State; readonly reason: Reason; readonly since: string } | null
  /** How often `state` has changed since the agent started, and to which state how often. */
  readonly changes: number
  readonly changesTo: Readonly<Record<State, number>>
  /** How often a change from ready to missing was taken back before it was confirmed, since the agent started. */
  readonly flaps: number
}

/** Rounds settled over time: what is published, served and printed. */
export interface Report {
  readonly v: 1
  /** The name of the Node, or else of the host. */
  readonly node: string
  readonly at: string
  /** Milliseconds that the newest round took. */
  readonly took: number
  readonly settings: Settings
  readonly host: HostSummary
  readonly probing: Probing
  readonly crashes: readonly Crash[]
  readonly seen: readonly Seen[]
  /** As in {@link Round}. */
  readonly fix: string | null
  readonly checks: readonly ReportCheck[]
}

/** How well publishing to the Node works. */
export interface PublishStatus {
  /** Why the Node differs from this report; null when it does not. */
  readonly trouble: string | null
  /** Applies that the API server accepted, and those that failed. */
  readonly applied: number
  readonly failed: number
  /** Events that were created, and changes without an event because of the bounds. */
  readonly events: number
  readonly eventsHeldBack: number
  /** Whether the admission policies confine our token to our own Node; null while that is unknown or not asked. */
  readonly policyEnforced: boolean | null
}

/** Where to get the newest report. */
export interface ReportSource {
  /** null before the first round. */
  current(): Report | null
  /** null when the report can be trusted, otherwise why not: "no round for 200 s". */
  stale(): string | null
  /** Seconds by the boot clock since the newest round ended, or since the start when there is none. */
  age(): number
  /** The last changes of a check; none where there is no such check. */
  history(check: string): History
  /** Calls back with each new report; the returned function unsubscribes. */
  subscribe(next: (report: Report) => void): () => void
}
