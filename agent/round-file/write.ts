import { largestRound } from '#agent/model/bounds.ts'
import { checkNamePattern } from '#agent/model/names.ts'
import type { CheckResult, Round } from '#agent/model/report.ts'
import { cutHuge, cutTo } from './cut.ts'
import { fitFrame } from './fit-frame.ts'
import { storeChecks } from './store.ts'

export interface RoundText {
  readonly text: string
  /** How many checks are cut or left out, and how many of these are left out entirely. */
  readonly cut: number
  readonly dropped: number
}

/**
 * Formats a round so that its reader accepts it, whatever it contains: in each check, what exceeds a limit is cut, and the text
 * says how much. If the whole is still too large, {@link cutTo} cuts more. Each check has its own line, by which the reader
 * recognizes an unchanged one.
 */
export function writeText(round: Round): RoundText {
  const frame = fitFrame(round)
  const checks = namedOnce(round.checks)
  // The real counts are known only after cutting, so reserve space for the largest.
  const largest = JSON.stringify(withLoss(frame, { cut: checks.length, dropped: checks.length }))
  const space = largestRound - Buffer.byteLength(largest) - 100
  const lines = cutTo(space, cutHuge(storeChecks(checks)), frame.settings.checks)
  const dropped = checks.length - lines.length
  const cut = lines.filter(({ isCut }) => isCut).length + round.checks.length - lines.length
  const head = JSON.stringify(withLoss(frame, { cut, dropped })).slice(0, -1)
  const texts = lines.map(({ text }) => text)
  return {
    text: [`${head},"checks":[`, ...(texts.length === 0 ? [] : [texts.join(',\n')]), ']}'].join('\n'),
    cut,
    dropped,
  }
}

/** A catalog's names are unique and valid; the reader would reject others. */
function namedOnce(checks: readonly CheckResult[]): CheckResult[] {
  const byName = new Map(checks.toReversed().map((check) => [check.name, check]))
  return [...byName.values()].toReversed().filter(({ name }) => checkNamePattern.test(name))
}

type Frame = ReturnType<typeof fitFrame>

/** Adds the counts, and a mistake that explains why a dropped check is missing. */
function withLoss(frame: Frame, { cut, dropped }: { cut: number; dropped: number }): Frame {
  const { settings, probing } = frame
  const words = `too many checks: ${dropped} unpublished ones are left out, or the round would be larger than ${largestRound} bytes; remove custom checks`
  const mistakes = dropped > 0 ? [words, ...settings.mistakes] : settings.mistakes
  return { ...frame, settings: { ...settings, mistakes }, probing: { ...probing, cut } }
}
