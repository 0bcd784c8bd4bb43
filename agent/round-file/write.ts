import { largestRound } from '#agent/model/bounds.ts'
import { checkNamePattern } from '#agent/model/names.ts'
import type { CheckResult, Round } from '#agent/model/report.ts'
import { cutHuge, cutTo } from './cut.ts'
import { fitFrame } from './fit-frame.ts'
import { storeChecks } from './store.ts'

export interface RoundText {
  readonly text: string
  /** Checks of which something is left out, and those that are left out as a whole. */
  readonly cut: number
  readonly dropped: number
}

/**
 * A round as it is written. Its reader takes it, whatever is in it: what is beyond a bound is cut, each check alone, and it
 * says how much. When the whole would be too large, it is cut as {@link cutTo} says. Each check has a line of its
 * own, by which its reader knows it again.
 */
export function writeText(round: Round): RoundText {
  const frame = fitFrame(round)
  const checks = namedOnce(round.checks)
  // How many checks are cut, and are not there, is known only then.
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

/** Names are unique in a catalogue, and of its form: another would not be taken. */
function namedOnce(checks: readonly CheckResult[]): CheckResult[] {
  const byName = new Map(checks.toReversed().map((check) => [check.name, check]))
  return [...byName.values()].toReversed().filter(({ name }) => checkNamePattern.test(name))
}

type Frame = ReturnType<typeof fitFrame>

/** Whoever looks for a check that is not there has to find out why. */
function withLoss(frame: Frame, { cut, dropped }: { cut: number; dropped: number }): Frame {
  const { settings, probing } = frame
  const words = `too many checks: ${dropped} that are not published are left out, since the round would be larger than ${largestRound} bytes; remove custom checks`
  const mistakes = dropped > 0 ? [words, ...settings.mistakes] : settings.mistakes
  return { ...frame, settings: { ...settings, mistakes }, probing: { ...probing, cut } }
}
