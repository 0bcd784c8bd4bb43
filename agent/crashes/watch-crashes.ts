import { mostCrashes } from '#agent/model/bounds.ts'
import type { Check } from '#agent/model/check.ts'
import { tailLength } from '#agent/model/container-files.ts'
import type { ContainerFiles } from '#agent/model/container-files.ts'
import { memoizeLast } from '#agent/model/memoize-last.ts'
import type { CheckResult, Crash } from '#agent/model/report.ts'
import { createMatcher } from '#agent/symptoms/matcher.ts'
import type { Matcher } from '#agent/symptoms/matcher.ts'
import { accuse, checksWith, pointersOf } from './accuse.ts'
import type { Accused, Pointer } from './accuse.ts'
import { ContainerFollower } from './follow-containers.ts'
import type { Attempt, FollowedContainer } from './follow-containers.ts'
import { judgeContainer, mayLoop } from './judge-container.ts'
import type { Crashing, Ended, Judging } from './judge-container.ts'
import { seeNeeds } from './missing-needs.ts'
import type { NeedsSeen } from './missing-needs.ts'
import { createRestartNews } from './restart-news.ts'

/** What a round has found out, and the settings that it was made with. */
export interface RoundSeen {
  /** Milliseconds by the wall clock, and since the machine booted. */
  readonly now: number
  readonly boot: number
  readonly results: readonly CheckResult[]
  readonly catalog: ReadonlyMap<string, Check>
  readonly settings: CrashSettings
}

export interface CrashSettings {
  readonly watch: boolean
  /** Namespaces whose containers are left alone. */
  readonly exclude: readonly string[]
}

/** Finds the containers of a node that crash-loop because of what the round says is missing. */
export interface CrashWatch {
  /** Most recent first. */
  look(round: RoundSeen): readonly Crash[]
  /** Takes note of a link of this name, which came or went; returns whether it is worth a round at once. */
  isRestart(link: string): boolean
}

/** Bytes of logs that are read in a round: the ends of 16. */
const mostBytes = 1024 * 1024

/** Milliseconds of a round after which no further log is looked through: whoever runs a pod writes its log. */
const mostTime = 250

/** When the wall clock and the boot clock disagree by more than they did, somebody set the clock. Milliseconds. */
const clockStep = 2_000

/**
 * - Only logs of attempts that ended in a loop and by themselves are read, each once; only which needs they point to is kept.
 * - Only the symptoms of shipped checks are looked for: whoever may write a custom check could read logs out by its patterns.
 * - What was before the boot, or before the clock was set, does not count.
 */
export function openCrashWatch(files: ContainerFiles): CrashWatch {
  const news = createRestartNews()
  const memory = remember(files)
  let settings: CrashSettings = { watch: true, exclude: [] }
  return {
    isRestart(link) {
      const links = settings.watch ? news.nextAttempt(link, settings.exclude) : null
      try {
        return links !== null && memory.follower.started(links)
      } catch {
        // A bug of ours that ends no watch: the round meets it too, and tells it.
        return true
      }
    },
    look({ now, boot, results, catalog, ...others }) {
      settings = others.settings
      if (!settings.watch) {
        forget(memory)
        return []
      }
      const offset = now - boot
      if (memory.offset !== null && Math.abs(offset - memory.offset) > clockStep) {
        forget(memory)
        memory.notBefore = now
      }
      memory.notBefore ??= offset
      memory.offset = offset
      memory.needs = seeNeeds(memory.needs, results, now)
      const changed = memory.follower.update(settings.exclude)
      if (changed !== null) news.note(changed)
      const judging = openJudging(files, { now, ...memory, notBefore: memory.notBefore }, () =>
        shippedMatcher(catalog),
      )
      return judgeAll(memory.follower, judging, catalog)
    },
  }
}

interface Memory {
  readonly follower: ContainerFollower
  needs: NeedsSeen
  /** Of the wall clock to the boot clock. */
  offset: number | null
  notBefore: number | null
}

function remember(files: ContainerFiles): Memory {
  return { follower: new ContainerFollower(files), needs: new Map(), offset: null, notBefore: null }
}

function forget(memory: Memory): void {
  memory.follower.forget()
  memory.needs = new Map()
}

function judgeAll(
  follower: ContainerFollower,
  judging: Judging,
  catalog: ReadonlyMap<string, Check>,
): readonly Crash[] {
  const known = new Map<string, readonly string[]>()
  const checksOf = (accused: Accused) =>
    known.getOrInsertComputed(JSON.stringify(accused), () => checksWith(accused, judging.needs, catalog))
  const crashes = [...follower.containers.values()].flatMap((container) => {
    container.crash = judgeContainer(container, judging)
    if (container.crash === null && !mayLoop(container, judging)) follower.leave(container)
    return container.crash === null ? [] : [{ container, crash: container.crash }]
  })
  return crashes
    .toSorted((a, b) => b.crash.by.status.end.at - a.crash.by.status.end.at)
    .slice(0, mostCrashes)
    .map(({ container, crash }) => {
      // Of a need that is ready now no check is missing anything.
      if (crash.fixed === null) container.checks = checksOf(crash.accused)
      return tell(container, crash)
    })
}

function tell(
  { namespace, pod, container, attempts, checks }: FollowedContainer,
  { accused, since, by, fixed }: Crashing,
): Crash {
  return {
    namespace,
    pod,
    container,
    need: accused.need,
    checks,
    restarts: attempts.at(-1)?.restarts ?? by.restarts,
    since: timeOf(since),
    ended: timeOf(by.status.end.at),
    fixed: fixed === null ? null : timeOf(fixed),
  }
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

function openJudging(
  files: ContainerFiles,
  { now, notBefore, needs }: { now: number; notBefore: number; needs: NeedsSeen },
  matcher: () => Matcher,
): Judging {
  let bytes = 0
  let time = 0
  const read = (
    { namespace, container: component }: FollowedContainer,
    { link, status }: Ended,
  ): readonly Pointer[] | null => {
    const isEnough = bytes + tailLength > mostBytes || time > mostTime
    const tail = isEnough ? null : files.tail(link)
    if (tail === null) return null
    bytes += tail.length
    const exitCode = status.end.code ?? undefined
    const match = matcher()
    const start = performance.now()
    const hits = match.match(tail, { component, namespace, exitCode })
    time += performance.now() - start
    return pointersOf(hits)
  }
  return {
    now,
    notBefore,
    needs,
    accused(container, attempt) {
      attempt.pointers ??= read(container, attempt)
      return attempt.pointers === null ? 'later' : accuse(attempt.pointers, needs, attempt.status.started)
    },
    isRunning: ({ id, status }: Attempt) => files.running([{ id, pid: status?.pid ?? null }]).has(id),
  }
}

const shippedMatcher = memoizeLast((catalog: ReadonlyMap<string, Check>) =>
  createMatcher([...catalog.values()].filter(({ origin }) => origin === 'shipped')),
)
