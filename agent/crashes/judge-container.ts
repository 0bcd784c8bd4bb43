import type { Accused } from './accuse.ts'
import type { Attempt, FollowedContainer } from './follow-containers.ts'
import type { NeedsSeen } from './missing-needs.ts'
import type { AttemptEnd, RuntimeStatus } from './runtime-status.ts'

/** A container that crash-loops because a need is missing. Milliseconds by the wall clock. */
export interface Crashing {
  readonly accused: Accused
  readonly since: number
  /** The newest attempt that ended. */
  readonly by: Ended
  /** When the need turned ready. */
  readonly fixed: number | null
}

export interface Ended extends Attempt {
  readonly status: RuntimeStatus & { readonly end: AttemptEnd }
}

export interface Judging {
  readonly now: number
  /** An attempt that began earlier does not count: it was before the machine booted, or before its clock was set. */
  readonly notBefore: number
  readonly needs: NeedsSeen
  /** The need that the log of an attempt points to; `later` when it could not be read, or this round has read enough. */
  accused(container: FollowedContainer, attempt: Ended): Accused | null | 'later'
  /** Whether a process of it is there. */
  isRunning(attempt: Attempt): boolean
}

/** Two ends that are no further apart are a loop: the kubelet waits for five minutes at most. Milliseconds. */
const loopTime = 600_000

/** When the last end is that long ago, it is no loop any more. */
const forgetAfter = 900_000

/** What runs for this long (or longer than the last time) does not crash any more. */
const runsAfter = 60_000

/** Clocks of two programs are read one after the other. */
const clockSlack = 2_000

/** Success; SIGKILL, by which the kernel ends what needs too much memory and the kubelet what does not answer; SIGTERM. */
const othersFault: readonly number[] = [0, 137, 143]

/** Whether a container crash-loops because of a need, after what this round has seen. */
export function judgeContainer(container: FollowedContainer, judging: Judging): Crashing | null {
  const { attempts, crash } = container
  const ended = attempts.filter((attempt) => isEnded(attempt, judging))
  const [last, newest] = [ended.at(-1), attempts.at(-1)]
  if (last === undefined || judging.now - last.status.end.at > forgetAfter) return null
  const now = crash === null ? null : followNeed(crash, judging)
  const next = now !== null && isSameEnd(now, last) ? now : judgeEnd(now, { container, ended, last }, judging)
  return next === null || newest === undefined || isOver(next, newest, judging) ? null : next
}

/** Whether it is worth to look at it again: an end of the last minutes may be the first of a loop. */
export function mayLoop({ attempts }: FollowedContainer, judging: Judging): boolean {
  const isRecent = (one: Attempt) => isEnded(one, judging) && judging.now - one.status.end.at <= loopTime
  return attempts.some((one) => !one.isAsked || isRecent(one))
}

function isEnded(attempt: Attempt, { now, notBefore }: Judging): attempt is Ended {
  const { status } = attempt
  if (status === null || status.end === null || status.started < notBefore) return false
  return status.end.at >= status.started && status.end.at <= now + clockSlack
}

/** null when its check is gone. A need in doubt is as it was. */
function followNeed(crash: Crashing, { needs, now }: Judging): Crashing | null {
  const { check, need } = crash.accused
  const own = needs.get(check)
  if (own === undefined) return null
  const state = own.get(need)?.finding.state ?? 'ready'
  if (state === 'unknown') return crash
  return { ...crash, fixed: state === 'missing' ? null : (crash.fixed ?? now) }
}

function isSameEnd({ by }: Crashing, last: Ended): boolean {
  return by.id === last.id
}

/** A newer end takes the place of the one before, whatever it says. */
function judgeEnd(
  crash: Crashing | null,
  { container, ended, last }: { container: FollowedContainer; ended: readonly Ended[]; last: Ended },
  judging: Judging,
): Crashing | null {
  if (crash !== null && crash.fixed !== null && last.status.started < crash.fixed)
    return { ...crash, by: last }
  const accused = isLoop(ended) && isItsOwnEnd(last.status.end) ? judging.accused(container, last) : null
  if (accused === 'later') return crash
  if (accused === null) return null
  const since = crash?.accused.need === accused.need ? crash.since : judging.now
  return { accused, since, by: last, fixed: null }
}

function isLoop(ended: readonly Ended[]): boolean {
  // A runtime that was not there made up the time of the end.
  const seen = ended.filter(({ status }) => status.end.code !== null)
  const [last, before] = [seen.at(-1), seen.at(-2)]
  return last !== undefined && before !== undefined && last.status.end.at - before.status.end.at <= loopTime
}

function isItsOwnEnd({ code, isOutOfMemory }: AttemptEnd): boolean {
  return code !== null && !isOutOfMemory && !othersFault.includes(code)
}

/** A later attempt runs, for longer than what crashed; where the need is ready now, it need not run for long. */
function isOver({ by, fixed }: Crashing, newest: Attempt, judging: Judging): boolean {
  const { status } = newest
  if (newest.id === by.id || status === null || status.end !== null) return false
  const lastRun = by.status.end.at - by.status.started
  const isAfterFix = fixed !== null && status.started >= fixed
  const enough = isAfterFix ? Math.min(runsAfter, lastRun) : Math.max(runsAfter, lastRun)
  return judging.now - status.started > enough && judging.isRunning(newest)
}
