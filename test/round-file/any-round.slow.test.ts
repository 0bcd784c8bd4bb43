import { expect, test } from 'vitest'
import { largestRound } from '#agent/model/bounds.ts'
import type { Finding, Round } from '#agent/model/report.ts'
import { noMemory, readRound } from '#agent/round-file/read.ts'
import { writeText } from '#agent/round-file/write.ts'
import { anyRound } from './any-round.ts'
import { anySeed, chanceOf } from './chance.ts'

const cases = 2_000
const seed = anySeed()

test(`any round that can be made can be read (SEED=${seed})`, () => {
  const counts = { cases: 0, checks: 0, cut: 0, largest: 0 }
  for (let number = 0; number < cases; number++) {
    const round = anyRound(chanceOf(seed + number))
    const { cut, bytes } = handOn(round, `SEED=${seed + number}, the first case`)
    counts.cases++
    counts.checks += round.checks.length
    counts.cut += cut
    counts.largest = Math.max(counts.largest, bytes)
  }
  console.log(`SEED=${seed}: ${JSON.stringify(counts)}`)
  expect(counts.cut).toBeGreaterThan(cases / 10)
})

test(`and so can one with more checks than fit into the file (SEED=${seed})`, () => {
  const { dropped } = handOn(anyRound(chanceOf(seed), 21_000), `SEED=${seed}`)
  expect(dropped).toBeGreaterThan(1_000)
})

/** Writes it and reads it; what is left out is said, and all else is there. */
function handOn(round: Round, hint: string) {
  const { text, cut, dropped } = writeText(round)
  const bytes = Buffer.from(text)
  expect(bytes.length, hint).toBeLessThanOrEqual(largestRound)
  const read = readRound(bytes, noMemory)
  if (!('round' in read)) throw new Error(`${hint}: ${read.unusable}`)
  expect(read.faults, hint).toEqual([])
  expect(read.round.probing.cut, hint).toBe(cut)
  const there = new Set(read.round.checks.map(({ name }) => name))
  const kept = saysOf(round).filter(([name]) => dropped === 0 || there.has(name))
  expect(saysOf(read.round), hint).toEqual(kept)
  expect(read.round.checks.length, hint).toBe(round.checks.length - dropped)
  expect(
    round.settings.checks.filter((name) => !there.has(name)),
    hint,
  ).toEqual([])
  expect(harmfulIn(read.round), hint).toEqual([])
  return { cut, dropped, bytes: bytes.length }
}

function saysOf({ checks }: Round) {
  return checks.map(({ name, state, reason }) => [name, state, reason] as const)
}

/** Texts in which something is left that upsets a terminal, or makes two lines of one. */
function harmfulIn({ checks, settings, host }: Round): readonly string[] {
  const lines = [
    ...checks.flatMap(({ title, why, message }) => [title, why, message]),
    ...checks.flatMap(({ findings }) => findings.slice(0, 50).flatMap(linesOf)),
    ...settings.mistakes,
  ]
  const sources = checks.flatMap((check) => check.sources ?? [])
  const notWeb = sources.filter((source) => !/^https?:\/\/[!-~]+$/.test(source))
  const facts = [settings.hash, host.hostname ?? '', host.os, host.distro ?? '', host.kernel ?? '', host.arch]
  const fixes = checks.map(({ fix }) => (fix ?? '').replaceAll(/[\n\t]/g, ''))
  return [
    ...notWeb,
    ...[...lines, ...facts, ...fixes].filter((text) => /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202e\u2066]/u.test(text)),
  ]
}

function linesOf({ need, kind, message, evidence, why }: Finding): readonly string[] {
  return [need, kind, message, ...evidence, why]
}
