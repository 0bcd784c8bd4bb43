import {
  intervalBounds,
  longestFix,
  longestMistake,
  longestRound,
  mostAliases,
  mostCrashes,
  mostCrashChecks,
  mostMistakes,
  mostSeen,
  reapplyBounds,
  unknownAfterBounds,
} from '#agent/model/bounds.ts'
import { parseDuration } from '#agent/model/duration.ts'
import { checkNamePattern, conditionType, maxPublished, objectName } from '#agent/model/names.ts'
import type { Crash, HostSummary, Probing, PublishSettings, Round, Settings } from '#agent/model/report.ts'
import type { Spawned } from '#agent/model/spawns.ts'
import { shortenFix, shortenLine } from './shorten.ts'

/** A round without its checks, within the limits that its reader enforces. */
export function fitFrame(round: Omit<Round, 'checks'>) {
  const { at, boot, took, settings, host, probing, crashes, seen, fix } = round
  return {
    v: 1,
    at: fitTime(at),
    boot: between(boot, 0, Number.MAX_SAFE_INTEGER),
    took: between(took, 0, longestRound),
    settings: fitSettings(settings),
    host: fitHost(host),
    probing: fitProbing(probing),
    crashes: crashes.flatMap(fitCrash).slice(0, mostCrashes),
    seen: seen.filter(({ check }) => checkNamePattern.test(check)).slice(0, mostSeen),
    fix: fix === null ? null : shortenFix(fix, longestFix),
  } satisfies Omit<Round, 'checks'>
}

function fitSettings(settings: Settings): Settings {
  const { hash, checks, interval, unknownAfter, publish, mistakes, aliases } = settings
  return {
    hash: shortenLine(hash),
    checks: fitNames(checks),
    interval: within(interval, intervalBounds),
    unknownAfter: within(unknownAfter, unknownAfterBounds),
    publish: fitPublish(publish),
    mistakes: fitMistakes(mistakes),
    aliases: fitAliases(aliases),
  }
}

function fitPublish({ labels, conditions, annotation, events, reapply }: PublishSettings): PublishSettings {
  return { labels, conditions, annotation, events, reapply: within(reapply, reapplyBounds) }
}

/** Two names with the same condition cannot both be on a Node. */
function fitNames(names: readonly string[]): readonly string[] {
  const conditions = new Map(
    names
      .filter((name) => checkNamePattern.test(name))
      .toReversed()
      .map((name) => [conditionType(name), name]),
  )
  return [...conditions.values()].toReversed().slice(0, maxPublished)
}

function fitMistakes(mistakes: readonly string[]): readonly string[] {
  const few = mistakes.slice(0, mostMistakes).map((mistake) => shortenLine(mistake, longestMistake))
  const more = mistakes.length - few.length
  return more > 0 ? [...few, `and ${more} more`] : few
}

function fitAliases(aliases: Settings['aliases']): Settings['aliases'] {
  const good = Object.entries(aliases).filter((pair) => pair.every((name) => checkNamePattern.test(name)))
  return Object.fromEntries(good.slice(0, mostAliases))
}

function fitHost(host: HostSummary): HostSummary {
  const orNull = (text: string | null) => (text === null ? null : shortenLine(text))
  return {
    hostname: orNull(host.hostname),
    os: shortenLine(host.os),
    distro: orNull(host.distro),
    version: orNull(host.version),
    family: orNull(host.family),
    installer: shortenLine(host.installer),
    imageBased: orNull(host.imageBased),
    kernel: orNull(host.kernel),
    arch: shortenLine(host.arch),
    container: orNull(host.container),
  }
}

function fitProbing({ watched, refused, lost, spawned, abandoned, cut }: Probing): Probing {
  return {
    watched: fitCount(watched),
    refused: fitCount(refused),
    lost: fitCount(lost),
    spawned: fitSpawned(spawned),
    abandoned: fitCount(abandoned),
    cut: fitCount(cut),
  }
}

function fitSpawned({ unit, run, setting, file, sweep }: Spawned): Spawned {
  return {
    unit: fitCount(unit),
    run: fitCount(run),
    setting: fitCount(setting),
    file: fitCount(file),
    sweep: fitCount(sweep),
  }
}

function fitCount(value: number): number {
  return Math.floor(between(value, 0, Number.MAX_SAFE_INTEGER))
}

/** None when no check is left to which it points. */
function fitCrash(crash: Crash): Crash[] {
  const { namespace, pod, container, need, restarts, since, ended, fixed } = crash
  const checks = crash.checks.filter((name) => checkNamePattern.test(name)).slice(0, mostCrashChecks)
  const named = { namespace, pod, container }
  if (checks.length === 0 || !Object.values(named).every((name) => objectName.test(name))) return []
  return [
    {
      ...named,
      need: shortenLine(need),
      checks,
      restarts: fitCount(restarts),
      since: fitTime(since),
      ended: fitTime(ended),
      fixed: fixed === null ? null : fitTime(fixed),
    },
  ]
}

function within(value: number, { least, most }: { least: string; most: string }): number {
  return between(value, parseDuration(least) ?? 0, parseDuration(most) ?? 0)
}

/** NaN becomes `least`. */
function between(value: number, least: number, most: number): number {
  return Number.isNaN(value) ? least : Math.min(most, Math.max(least, value))
}

/** A wall clock may be set to anything, but RFC 3339 has no years of five digits. */
function fitTime(at: string): string {
  const time = Date.parse(at)
  const latest = Date.parse('9999-12-31T23:59:59.999Z')
  return new Date(between(time, 0, latest)).toISOString()
}
