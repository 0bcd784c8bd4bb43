import * as z from 'zod'
import {
  deepestFindings,
  intervalBounds,
  longestAddress,
  longestFix,
  longestLine,
  longestMistake,
  longestRound,
  longestUnusable,
  mostAliases,
  mostChecks,
  mostCrashChecks,
  mostCrashes,
  mostEvidence,
  mostFindings,
  mostMistakes,
  mostSeen,
  mostSources,
  reapplyBounds,
  unknownAfterBounds,
} from '#agent/model/bounds.ts'
import { parseDuration } from '#agent/model/duration.ts'
import { checkNamePattern, conditionType, maxPublished, objectName, webAddress } from '#agent/model/names.ts'
import { plainLines, plainText } from '#agent/model/plain.ts'
import { isReason, stateOf } from '#agent/model/reason.ts'
import type { Reason } from '#agent/model/reason.ts'
import type { Round } from '#agent/model/report.ts'
import { noSpawns, spawnKinds } from '#agent/model/spawns.ts'
import { shownConditions, states } from '#agent/model/state.ts'
import type { State } from '#agent/model/state.ts'
import { shortenLine } from './shorten.ts'
import type { StoredCheck, StoredFinding } from './stored-check.ts'

const line = z.string().max(longestLine).transform(plainText)
const fix = z.string().max(longestFix).transform(plainLines).nullable()
const name = z.string().regex(checkNamePattern)
/** The page makes a link of it. */
const source = z.string().max(longestAddress).regex(webAddress)
const state = z.enum(states)
const reason = z.custom<Reason>((text) => typeof text === 'string' && isReason(text), 'is not a known reason')
const count = z.int().nonnegative()
const omitted = z.int().positive().exactOptional()

const time = ({ least, most }: { least: string; most: string }) =>
  z
    .number()
    .min(parseDuration(least) ?? 0)
    .max(parseDuration(most) ?? 0)

/** Checks the length first: otherwise a million invalid items would produce a million issues. */
const listOf = <T extends z.ZodType>(item: T, most: number) =>
  z.array(z.unknown()).max(most).pipe(z.array(item))

const reference = z.strictObject({
  need: line,
  kind: z.literal('check'),
  takes: name,
  why: line.exactOptional(),
  recommended: z.boolean(),
})

const finding = z
  .strictObject({
    need: line,
    kind: line,
    state,
    reason,
    message: line,
    evidence: listOf(line, mostEvidence),
    why: line,
    fix,
    recommended: z.boolean(),
    findings: z.array(z.unknown()).exactOptional(),
    omitted,
  })
  .refine(isProven, unproven())

const check = z
  .strictObject({
    name,
    title: line,
    why: line,
    state,
    reason,
    message: line,
    fix,
    sources: listOf(source, mostSources).exactOptional(),
    findings: z.array(z.unknown()),
    omitted,
  })
  .refine(isProven, unproven())

const crash = z.strictObject({
  namespace: z.string().regex(objectName),
  pod: z.string().regex(objectName),
  container: z.string().regex(objectName),
  need: line,
  checks: listOf(name, mostCrashChecks).refine((names) => names.length > 0, 'is empty'),
  restarts: count,
  since: z.iso.datetime(),
  ended: z.iso.datetime(),
  fixed: z.iso.datetime().nullable(),
})

/** A round as the prober writes it, without its checks; `v` changes with the format. */
const frame = z.strictObject({
  v: z.literal(1),
  at: z.iso.datetime(),
  boot: z.number().nonnegative().max(Number.MAX_SAFE_INTEGER),
  took: z.number().nonnegative().max(longestRound),
  settings: z.strictObject({
    hash: line,
    checks: listOf(name, maxPublished).refine(
      (names) => new Set(names.map(conditionType)).size === names.length,
      'has the same name twice',
    ),
    interval: time(intervalBounds),
    unknownAfter: time(unknownAfterBounds),
    publish: z.strictObject({
      labels: z.boolean(),
      conditions: z.enum(shownConditions),
      annotation: z.boolean(),
      events: z.boolean(),
      reapply: time(reapplyBounds),
    }),
    // Plus two lines: how many more mistakes there are, and how many checks are left out.
    mistakes: listOf(z.string().max(longestMistake).transform(plainText), mostMistakes + 2),
    aliases: z
      .record(z.string(), z.unknown())
      .refine((all) => Object.keys(all).length <= mostAliases, 'has too many')
      .pipe(z.record(name, name)),
  }),
  host: z.strictObject({
    hostname: line.nullable(),
    os: line,
    distro: line.nullable(),
    version: line.nullable(),
    family: line.nullable(),
    installer: line,
    imageBased: line.nullable(),
    kernel: line.nullable(),
    arch: line,
    container: line.nullable(),
  }),
  probing: z.strictObject({
    watched: count,
    refused: count,
    // A prober of before did not write these two.
    lost: count.default(0),
    spawned: z.record(z.enum(spawnKinds), count).default(noSpawns),
    abandoned: count,
    cut: count,
  }),
  crashes: listOf(crash, mostCrashes),
  seen: listOf(z.strictObject({ check: name, by: z.enum(['container', 'driver']) }), mostSeen),
  fix,
  checks: z.array(z.unknown()).max(mostChecks),
})

function isProven(said: { readonly state: State; readonly reason: Reason }): boolean {
  return isReason(said.reason) && stateOf(said.reason) === said.state
}

function unproven() {
  return { path: ['reason'], error: 'does not prove the state' }
}

export type Frame = Omit<Round, 'checks'> & { readonly checks: readonly unknown[] }

type Unusable = { readonly unusable: string }

/** A fault in the frame makes the round unusable; its text has a limited length. */
export function readFrame(value: unknown): Frame | Unusable {
  const version = typeof value === 'object' && value !== null && 'v' in value ? value.v : undefined
  if (version !== 1)
    return {
      unusable: `the round file has version ${typeof version === 'number' ? version : 'unknown'}, not 1`,
    }
  const result = frame.safeParse(value)
  return result.success ? result.data : wrong(result.error, 'the round file is invalid: ')
}

/** A fault in a check makes that check unusable. */
export function readCheck(value: unknown): StoredCheck | Unusable {
  if (hasTooMany(value)) return { unusable: 'it has more findings than the limit' }
  const shell = check.safeParse(value)
  if (!shell.success) return wrong(shell.error, '')
  const findings = readFindings(shell.data.findings, '')
  return 'unusable' in findings ? findings : { ...shell.data, findings }
}

/** Reads findings up to the first invalid one. */
function readFindings(values: readonly unknown[], place: string): readonly StoredFinding[] | Unusable {
  const findings: StoredFinding[] = []
  for (const [index, value] of values.entries()) {
    const read = readFinding(value, `${place}findings.${index}.`)
    if ('unusable' in read) return read
    findings.push(read)
  }
  return findings
}

function readFinding(value: unknown, place: string): StoredFinding | Unusable {
  const isReference = typeof value === 'object' && value !== null && 'takes' in value
  const shell = isReference ? reference.safeParse(value) : finding.safeParse(value)
  if (!shell.success) return wrong(shell.error, place)
  if ('takes' in shell.data) return shell.data
  const { findings: inner, ...alone } = shell.data
  if (inner === undefined) return alone
  const findings = readFindings(inner, place)
  return 'unusable' in findings ? findings : { ...alone, findings }
}

/** The name of a check that may otherwise be unusable; null when even its name is. */
export function nameOf(value: unknown): string | null {
  const named = typeof value === 'object' && value !== null && 'name' in value ? value.name : null
  return typeof named === 'string' && checkNamePattern.test(named) ? named : null
}

/** Runs before the schema, which would recurse as deep as the findings are nested. */
function hasTooMany(value: unknown): boolean {
  let level = findingsIn(value)
  let all = 0
  for (let depth = 1; level.length > 0; depth++) {
    all += level.length
    if (depth > deepestFindings || all > mostFindings) return true
    level = level.flatMap(findingsIn)
  }
  return false
}

function findingsIn(value: unknown): readonly unknown[] {
  const isThere = typeof value === 'object' && value !== null && 'findings' in value
  return isThere && Array.isArray(value.findings) ? value.findings : []
}

function wrong({ issues: [issue] }: z.ZodError, place: string): Unusable {
  return { unusable: shortenLine(`${place}${issue?.path.join('.')}: ${issue?.message}`, longestUnusable) }
}
