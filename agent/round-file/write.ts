import type { Round } from '../model/report.ts'
import { cutTo, neededBy, sizeOf, textsOf } from './cut.ts'
import { replaceIncluded } from './include.ts'

/** Bytes; the file's place holds 8 MiB, and while it is replaced there are two of it. */
export const largestRound = 3 * 1024 * 1024

export interface RoundText {
  readonly text: string
  /** Checks whose findings are left out. */
  readonly cut: number
  /** Why there is no round in it, which its reader says then; null when there is one. */
  readonly unusable: string | null
}

/**
 * A round as it is written. When it would be too large, checks that are not published, and taken in by none that is, lose
 * their findings, the largest first. What the Node says is whole. A check that takes in more than a process can hold goes
 * without in any case. Each check has a line of its own, by which its reader knows it again.
 */
export function writeText(round: Round): RoundText {
  const { checks, ...others } = round
  const written = textsOf(replaceIncluded(checks))
  const space = largestRound - Buffer.byteLength(JSON.stringify(others)) - 2 * written.length - 100
  const fitting = cutTo(space, written, () => neededBy(round.settings.checks, written))
  const size = sizeOf(fitting)
  if (size > space) return tooLarge(size)
  const cut = fitting.filter(({ isCut }) => isCut).length
  const head = JSON.stringify({ ...others, probing: { ...others.probing, cut } }).slice(0, -1)
  const lines = fitting.map(({ text }) => text).join(',\n')
  return { text: `${head},"checks":[\n${lines}\n]}`, cut, unusable: null }
}

function tooLarge(size: number): RoundText {
  const unusable = `a round of ${size} bytes, without the findings of checks that are not published, is larger than ${largestRound}; take checks out`
  return { text: JSON.stringify({ v: 1, unusable }), cut: 0, unusable }
}
