import type { Reason } from './reason.ts'
import type { State } from './state.ts'

/** A need judged. */
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
  /** Shell commands, one a line, and notes as comment lines; null when nothing is to be mended. */
  readonly fix: string | null
  readonly recommended: boolean
  /** What an anyOf or a check taken in consists of. */
  readonly findings?: readonly Finding[]
  /** How many of these are left out, since the check or the round would be too large; not there when none is. */
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
  readonly findings: readonly Finding[]
  /** As in {@link Finding}. */
  readonly omitted?: number
}

export interface HostSummary {
  /** The static host name, null when it has none or it could not be read. */
  readonly hostname: string | null
  /** PRETTY_NAME of os-release, or what could not be read. */
  readonly os: string
  /** ID of os-release, null when it could not be read. */
  readonly distro: string | null
  readonly kernel: string | null
  readonly arch: string
}

/** How the asking itself goes. */
export interface Probing {
  /** Places of the host whose changes are told at once, and those for which the kernel refused it. */
  readonly watched: number
  readonly refused: number
  /** Processes that were killed at their deadline and are still there (D state). */
  readonly abandoned: number
  /** Checks of which something is left out (text, evidence, findings), since they or the round would be too large. */
  readonly cut: number
}

/** What of a report goes on the Node, and how often it is healed. */
export interface PublishSettings {
  readonly labels: boolean
  readonly conditions: boolean
  readonly annotation: boolean
  readonly events: boolean
  /** What others took away or changed is put back this often, milliseconds. */
  readonly reapply: number
}

/** What the server goes by. The prober alone reads what people write, so that both always go by the same. */
export interface Settings {
  /** Of the config and all checks. */
  readonly hash: string
  /** The checks that go on the Node. */
  readonly checks: readonly string[]
  /** Milliseconds from round to round. */
  readonly interval: number
  /** How long a proven state stays on the Node without an answer, milliseconds. */
  readonly unknownAfter: number
  readonly publish: PublishSettings
  /** What is wrong in the files as they are now, each with file and line; what was, or is, valid of them is in use. */
  readonly mistakes: readonly string[]
  /** What checks are looked for by besides their names: by alias the name. */
  readonly aliases: Readonly<Record<string, string>>
}

/** All findings of one asking, without memory. */
export interface Round {
  readonly v: 1
  /** Wall clock, RFC 3339. */
  readonly at: string
  /** Boot clock, milliseconds. */
  readonly boot: number
  /** Milliseconds that the round took. */
  readonly took: number
  /** What it was made with. */
  readonly settings: Settings
  readonly host: HostSummary
  readonly probing: Probing
  readonly checks: readonly CheckResult[]
}

/** What label, condition and annotation of the Node are made of. */
export interface Published {
  readonly state: State
  /** When the Node's label came to say so, RFC 3339. */
  readonly since: string
  readonly reason: Reason
  readonly message: string
  readonly fix: string | null
  /** The needs that are missing or unknown. */
  readonly needs: readonly string[]
}

/** A check settled over time. */
export interface ReportCheck extends CheckResult {
  /** When this state was first seen, RFC 3339. */
  readonly since: string
  /** Whether it is among the checks that go on the Node. */
  readonly isPublished: boolean
  /** What the Node says: as the check itself, but a proven state outlives `unknownAfter` of silence. */
  readonly published: Published
  /** A change that is seen but not yet believed: the state it would be, and since when. */
  readonly pending: { readonly state: State; readonly reason: Reason; readonly since: string } | null
  /** How often `state` changed since the agent started. */
  readonly changes: number
}

/** Rounds settled over time: the one thing that is published, served and printed. */
export interface Report {
  readonly v: 1
  /** The Node's name, or the host's own. */
  readonly node: string
  readonly at: string
  /** Milliseconds that the newest round took. */
  readonly took: number
  readonly settings: Settings
  readonly host: HostSummary
  readonly probing: Probing
  readonly checks: readonly ReportCheck[]
}

/** How publishing to the Node goes. */
export interface PublishStatus {
  /** Why the Node does not say what is reported here; null when it does. */
  readonly trouble: string | null
  /** Applies that the API server took, and those that failed. */
  readonly applied: number
  readonly failed: number
  /** Events that were made, and changes of which none was made, since there are bounds. */
  readonly events: number
  readonly eventsHeldBack: number
  /** Whether the admission policies hold our token to our own Node; null while that is not known, or not asked. */
  readonly policyEnforced: boolean | null
}

/** Where the newest report is to be had. */
export interface ReportSource {
  /** null before the first round. */
  current(): Report | null
  /** null when the report can be trusted, else why not: "no round for 200 s". */
  stale(): string | null
  /** Seconds since the newest round ended, or since the start when there is none; by the boot clock. */
  age(): number
  /** Calls back with each new report; the returned function ends it. */
  subscribe(next: (report: Report) => void): () => void
}
