import type * as z from 'zod'
import type { Answers } from './answers.ts'
import type { Facts, WhenFacts } from './facts.ts'
import type { FixByDistro, SysctlRange } from './fix.ts'
import type { Pattern } from './pattern.ts'
import type { Question } from './question.ts'
import type { Reason, Verdict } from './reason.ts'

/**
 * One kind of need: how it is written, what it asks, and how the answers are judged. It is pure: it reads the host only through
 * its questions, and says "missing" only on proof.
 */
export interface Kind<Schema extends z.ZodObject = z.ZodObject> {
  /** The key in a check file. */
  readonly name: string
  readonly schema: Schema
  /** It asks about something that exists once per host, so `in:` would mean nothing and is refused. */
  readonly isHostWide?: true
  /** What the need is about: "iscsiadm". Together with the kind it is unique within a check. */
  subject(spec: z.infer<Schema>): string
  questions(spec: z.infer<Schema>, facts: Facts): readonly Question[]
  judge(spec: z.infer<Schema>, answers: Answers, facts: Facts): Verdict
  /** What a reboot takes away of it; null for a need of which that cannot be told. */
  nextBoot?(spec: z.infer<Schema>): NextBoot | null
  /** What fixes it on each distribution, unless the need says another way. A null reason means any reason. */
  genericFix?(spec: z.infer<Schema>, reason: Reason | null): FixByDistro | null
  /** The setting of the kernel that it asks for; without bounds where it must have just one value. */
  sysctl?(spec: z.infer<Schema>): WantedSysctl | null
  /** Programs that the file itself names to be run: refused in custom checks unless commands are allowed. */
  runs?(spec: z.infer<Schema>): readonly (readonly string[])[]
  /** The file that the check itself names to be read: in custom checks it must be on the allow list. */
  reads?(spec: z.infer<Schema>): NamedFile | null
  /** What a good need says beyond its form and this one does not; words after the need's name. */
  lint?(spec: z.infer<Schema>): readonly string[]
  /** The patterns in it; their size is bounded. */
  patterns?(spec: z.infer<Schema>): readonly Pattern[]
}

export interface WantedSysctl extends SysctlRange {
  readonly key: string
}

/**
 * What of a need that is ready now is gone after a reboot: proven by files alone, or null. It asks by looking: what it looks
 * for and was not asked yet is asked then, and it looks again ({@link mostLooks} times at the most). So what is dear to ask
 * is asked only where what is cheap has not settled it.
 */
export type NextBoot = (answers: Answers, facts: Facts) => Verdict | null

/** `text`: it is matched by a pattern or a value, which can reveal its content. `certificate`: only dates are revealed. */
export interface NamedFile {
  readonly path: string
  readonly as: 'text' | 'certificate'
}

/** Where a check's line is, for messages. */
export interface SourcePlace {
  readonly file: string
  readonly line: number
}

/** Where a need applies. Every given key must match. */
export interface When {
  /** Any of these is the ID, ID_LIKE or family. */
  readonly os?: readonly string[] | undefined
  /** None of these is the ID, ID_LIKE or family; also true where the distribution is unknown. */
  readonly notOs?: readonly string[] | undefined
  /** Any of these, by Kubernetes' names: amd64, arm64. */
  readonly arch?: readonly string[] | undefined
  /** A range of kernel versions: ">=5.4 <6.8". */
  readonly kernel?: string | undefined
}

interface NeedCommon {
  /** Stable within its check: "binary:iscsiadm". */
  readonly id: string
  readonly recommended: boolean
  readonly why: string | null
  /** Where the fact is from. */
  readonly source: string | null
  /** The part that no source confirms yet. */
  readonly unverified: string | null
  readonly when: When
  /** Why this need does not apply to a host; null when it does. */
  applies(facts: WhenFacts): string | null
  readonly fix: FixByDistro | null
  /** Checks that want the opposite on the same node, each with what to do if both are wanted. */
  readonly conflicts: Readonly<Record<string, string>>
  readonly place: SourcePlace
}

/** A need that asks the host, bound to its kind by `bindKind` of the catalog. */
export interface HostNeed extends NeedCommon {
  readonly type: 'host'
  readonly kind: string
  /** The kind's fix: it comes after the need's own fix and before the check's. */
  genericFix(reason: Reason | null): FixByDistro | null
  readonly sysctl: WantedSysctl | null
  lint(): readonly string[]
  readonly nextBoot: NextBoot | null
  questions(facts: Facts): readonly Question[]
  judge(answers: Answers, facts: Facts): Verdict
}

/** Another check, included as a whole. */
export interface CheckNeed extends NeedCommon {
  readonly type: 'check'
  readonly check: string
}

/** Ready when any of its needs is. */
export interface AnyOfNeed extends NeedCommon {
  readonly type: 'anyOf'
  readonly needs: readonly Need[]
}

export type Need = HostNeed | CheckNeed | AnyOfNeed
