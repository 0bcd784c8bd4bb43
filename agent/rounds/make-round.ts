import type { CrashWatch } from '#agent/crashes/watch-crashes.ts'
import { aliasesOf, checksToAsk, whichInclude } from '#agent/catalog/catalog.ts'
import type { Followed } from '#agent/catalog/follow.ts'
import { fixText } from '#agent/fixes/fix-text.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import type { Asked } from '#agent/model/asked.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Check } from '#agent/model/check.ts'
import type { Failed } from '#agent/model/failed.ts'
import type { FixCandidate } from '#agent/model/fix-candidate.ts'
import type { Clock, Host, Watcher } from '#agent/model/host.ts'
import { judgeAll } from '#agent/model/judge.ts'
import type { Judgement } from '#agent/model/judge.ts'
import type { CheckResult, Crash, HostSummary, Round, Settings } from '#agent/model/report.ts'
import { namesThatMatter } from '#agent/model/relevance.ts'
import { askAll, lookFirst } from './ask-all.ts'
import { boundFixes } from './bounded-fixes.ts'
import { openRoundMemory } from './round-memory.ts'
import type { RoundMemory } from './round-memory.ts'
import { seenHere } from './seen-here.ts'

/** What it takes to make a round. */
export interface RoundOptions {
  readonly host: Host
  readonly clock: Clock
  /** Absent when nothing is watched. */
  readonly watcher?: Watcher
  readonly files: Followed
  /** The checks to judge; those that they include are added. Default: those that matter here. */
  readonly names?: Iterable<string>
  /** The checks that `fix` is for. Default: those that matter here. */
  readonly fix?: readonly string[]
  /** Absent where nobody waits for a second round: a crash takes several to be seen. */
  readonly crashes?: CrashWatch
  /** Absent too where there is no second round. */
  readonly memory?: RoundMemory
  /** Called with bugs of ours that a host reveals; the round is made anyway. */
  readonly failed?: Failed
}

/** A round, and what its fixes are made of. */
export interface RoundMade {
  readonly round: Round
  readonly facts: Facts
  readonly candidatesOf: (names: readonly string[]) => readonly FixCandidate[]
}

export async function makeRound(options: RoundOptions): Promise<Round> {
  return (await askAndJudge(options)).round
}

/** Makes one round: plan, ask, judge. */
export async function askAndJudge(options: RoundOptions): Promise<RoundMade> {
  const { host, clock, watcher, files, memory = openRoundMemory(), failed } = options
  const start = performance.now()
  const boot = clock.boot()
  const at = clock.now().toISOString()
  const { catalog, config } = files.loaded
  const settings = settingsOf(files)
  const look = await lookFirst(options, Date.parse(at))
  const seen = seenHere(collectAnswers(look.known), catalog.values())
  const names = options.names ?? namesThatMatter({ settings, crashes: [], seen })
  const checks = checksToAsk(catalog, names)
  const remembered = memory.of(files.loaded)
  const asked = {
    ...(await askAll({ host, failed, makePlan: remembered.makePlan }, checks, look)),
    publishedBy: (check: string) => whichInclude(catalog, config.checks, check),
    ...(failed && { failed }),
  }
  const judgement = judgeWithin(mostWantedFirst(checks, config.checks), asked, remembered.judgement)
  remembered.judgement = judgement.kept
  const results = inOrderOf(checks, judgement.results)
  const crashes = findCrashes(options, results)
  const fix = judgement.fixAll(options.fix ?? namesThatMatter({ settings, crashes, seen }))
  const took = Math.round(performance.now() - start)
  const places = watcher?.places ?? { watched: 0, refused: 0, lost: 0 }
  const probing = { ...places, abandoned: host.abandoned(), spawned: host.spawned(), cut: 0 }
  const summary = summarize(look.facts)
  const round = {
    v: 1,
    at,
    boot,
    took,
    settings,
    host: summary,
    probing,
    crashes,
    seen,
    fix,
    checks: results,
  } as const
  return { round, facts: look.facts, candidatesOf: judgement.candidatesOf }
}

type Unbounded = Omit<Asked, 'fixText' | 'fixSpace'>

/**
 * Which fixes are cut for want of space depends on the order in which they are made. So a round that comes to that is judged without
 * the last one, and keeps nothing for the next.
 */
function judgeWithin(checks: readonly Check[], asked: Unbounded, last: Judgement['kept']): Judgement {
  return (last === null ? null : judgeWarm(checks, asked, last)) ?? judgeCold(checks, asked)
}

/** Null when fixes are cut: nothing of it may be in memory while all is judged anew. */
function judgeWarm(
  checks: readonly Check[],
  asked: Unbounded,
  last: NonNullable<Judgement['kept']>,
): Judgement | null {
  const bounds = boundFixes(fixText)
  const judgement = judgeAll(checks, { ...asked, ...bounds }, last)
  return bounds.fixSpace.left() > 0 ? judgement : null
}

function judgeCold(checks: readonly Check[], asked: Unbounded): Judgement {
  const bounds = boundFixes(fixText)
  const judgement = judgeAll(checks, { ...asked, ...bounds })
  return bounds.fixSpace.left() > 0 ? judgement : { ...judgement, kept: null }
}

/** A bug of ours there costs no finding. */
function findCrashes(
  { clock, files, crashes, failed }: RoundOptions,
  results: readonly CheckResult[],
): readonly Crash[] {
  try {
    const { catalog, config } = files.loaded
    const now = clock.now().getTime()
    return crashes?.look({ now, boot: clock.boot(), results, catalog, settings: config.crashes }) ?? []
  } catch (error) {
    failed?.(error, null)
    return []
  }
}

/** When there is too much text, published checks keep theirs in full first, then shipped ones. */
function mostWantedFirst(checks: readonly Check[], published: readonly string[]): Check[] {
  const rank = ({ name, origin }: Check) => (published.includes(name) ? 0 : origin === 'shipped' ? 1 : 2)
  return checks.toSorted((a, b) => rank(a) - rank(b))
}

function inOrderOf(checks: readonly Check[], results: readonly CheckResult[]): CheckResult[] {
  const byName = new Map(results.map((result) => [result.name, result]))
  return checks.flatMap(({ name }) => byName.get(name) ?? [])
}

function settingsOf({ loaded: { hash, config, catalog }, mistakes }: Followed): Settings {
  const { checks, interval, unknownAfter, publish } = config
  return { hash, checks, interval, unknownAfter, publish, mistakes, aliases: aliasesOf(catalog) }
}

export function summarize(facts: Facts): HostSummary {
  const { hostname, distro, family, installer, imageBased, kernel, arch, container } = facts
  const { name: os, id, version } = distro
  return { hostname, os, distro: id, version, family, installer, imageBased, kernel, arch, container }
}
