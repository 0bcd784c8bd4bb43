import type { UnansweredFate } from './question.ts'
import type { Fix, FixByDistro } from './fix.ts'
import { plainLine } from './plain.ts'
import type { PlainLine } from './plain.ts'
import type { State } from './state.ts'
import { reasons } from './reasons.ts'

interface Entry {
  readonly state: State
  readonly text: (args: never) => string
}

export type Reason = keyof typeof reasons

export function isReason(text: string): text is Reason {
  return Object.hasOwn(reasons, text)
}

/** The one state that a reason proves. */
export function stateOf(reason: Reason): State {
  return reasons[reason].state
}

type Args<R extends Reason> = Parameters<(typeof reasons)[R]['text']>[0]

/** What a kind of need says about one need. Its texts often come from a host, so only harmless lines fit. */
export interface Verdict {
  readonly state: State
  readonly reason: Reason
  readonly message: PlainLine
  readonly evidence: readonly PlainLine[]
  /** A fix for exactly this reason (unmask a masked unit); it wins over the check file's. */
  readonly fix: Fix | null
  /** A fix for any unmet need of this kind; it gives way to what the file writes for the need. */
  readonly genericFix: Fix | null
  /** The same where it differs by distribution, and only the verdict knows of what: of which module, for example. */
  readonly fixByDistro: FixByDistro | null
}

/** Builds every verdict, so that no reason can come with a state it does not prove. */
export function verdict<R extends Reason>(
  reason: R,
  args: Args<R>,
  seen: { evidence?: readonly string[]; fix?: Fix; genericFix?: Fix; fixByDistro?: FixByDistro } = {},
): Verdict {
  const entry: Entry = reasons[reason]
  return {
    state: entry.state,
    reason,
    message: plainLine(entry.text(args as never)),
    evidence: (seen.evidence ?? []).map(plainLine),
    fix: seen.fix ?? null,
    genericFix: seen.genericFix ?? null,
    fixByDistro: seen.fixByDistro ?? null,
  }
}

/** The same verdict with other evidence and no fix. */
export function repeatVerdict(
  { state, reason, message }: { readonly state: State; readonly reason: Reason; readonly message: string },
  evidence: readonly string[],
): Verdict {
  return {
    state,
    reason,
    message: plainLine(message),
    evidence: evidence.map(plainLine),
    fix: null,
    genericFix: null,
    fixByDistro: null,
  }
}

const unansweredReasons = {
  denied: 'PermissionDenied',
  'timed-out': 'DeadlineExceeded',
  failed: 'QuestionFailed',
} as const satisfies Record<UnansweredFate, Reason>

/** The verdict on a question that got no usable answer: always unknown. */
export function unanswered(
  what: string,
  answer: { readonly fate: UnansweredFate; readonly detail: string },
  evidence: readonly string[] = [],
): Verdict {
  return verdict(unansweredReasons[answer.fate], { what, detail: answer.detail }, { evidence })
}
