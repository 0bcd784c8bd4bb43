import type * as z from 'zod'
import type { Answers } from './answers.ts'
import type { Facts } from './facts.ts'
import type { FixByDistro } from './fix.ts'
import type { Pattern } from './pattern.ts'
import type { Question } from './question.ts'
import type { Reason, Verdict } from './reason.ts'

/**
 * One kind of need: what may be written of it, what it asks, and how the answers are judged. All of it is pure.
 * A kind reads the host only through its questions, and says "missing" only on proof.
 */
export interface Kind<Schema extends z.ZodObject = z.ZodObject> {
  /** The key in a check file. */
  readonly name: string
  readonly schema: Schema
  /** It asks of what is one for the whole host, so that `in:` would say nothing and is refused. */
  readonly isHostWide?: true
  /** What the need is about, unique within a check together with the kind: "iscsiadm". */
  subject(spec: z.infer<Schema>): string
  questions(spec: z.infer<Schema>, facts: Facts): readonly Question[]
  judge(spec: z.infer<Schema>, answers: Answers, facts: Facts): Verdict
  /** What a reboot takes away of it; null for a need of which that cannot be told. */
  nextBoot?(spec: z.infer<Schema>): NextBoot | null
  /** What mends it on each distribution, unless the need itself says another way; null asks for any reason's. */
  genericFix?(spec: z.infer<Schema>, reason: Reason | null): FixByDistro | null
  /** Programs that the file itself says to run: refused in users' own checks unless commands are allowed. */
  runs?(spec: z.infer<Schema>): readonly (readonly string[])[]
  /** The file that the check itself names to be read: in users' own checks only where the allow list has it. */
  reads?(spec: z.infer<Schema>): NamedFile | null
  /** What a good need says beyond its form, and this one does not: words after the need's name. */
  lint?(spec: z.infer<Schema>): readonly string[]
  /** The patterns in it, of which there may be only so much. */
  patterns?(spec: z.infer<Schema>): readonly Pattern[]
}

/**
 * What of a need that is ready now is gone after a reboot: proven by files alone, or null. It asks by looking: what it looks
 * for and was not asked yet is asked then, and it looks again ({@link mostLooks} times at the most). So what is dear to ask
 * is asked only where what is cheap has not settled it.
 */
export type NextBoot = (answers: Answers, facts: Facts) => Verdict | null

/** `text`: a pattern or a value is held against its content, and so finds it out. `certificate`: dates alone are told. */
export interface NamedFile {
  readonly path: string
  readonly as: 'text' | 'certificate'
}

/** Says where a check's line stands, for messages. */
export interface SourcePlace {
  readonly file: string
  readonly line: number
}

/** Where a need applies; every key given must match. */
export interface When {
  /** ID, ID_LIKE or family, any of. */
  readonly os?: readonly string[] | undefined
  /** ID, ID_LIKE or family, none of; also holds where the distribution is not known. */
  readonly notOs?: readonly string[] | undefined
  /** Kubernetes' names: amd64, arm64, any of. */
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
  /** What of it no source bears out yet. */
  readonly unverified: string | null
  readonly when: When
  /** Why this need does not apply to a host; null when it does. */
  applies(facts: Facts): string | null
  readonly fix: FixByDistro | null
  /** Checks that want the opposite of it on the same node, each with what to do where both are wanted. */
  readonly conflicts: Readonly<Record<string, string>>
  readonly place: SourcePlace
}

/** A need that asks the host, bound to its kind. */
export interface HostNeed extends NeedCommon {
  readonly type: 'host'
  readonly kind: string
  /** That of the kind: it counts after the need's own fix, and before the check's. */
  genericFix(reason: Reason | null): FixByDistro | null
  lint(): readonly string[]
  readonly nextBoot: NextBoot | null
  questions(facts: Facts): readonly Question[]
  judge(answers: Answers, facts: Facts): Verdict
}

/** Another check taken in whole. */
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
