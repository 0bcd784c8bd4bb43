import type { Report } from '#agent/model/report.ts'

/** What the exit code of a command says; public, and never renumbered. */
export const exitCodes = {
  ready: 0,
  failure: 1,
  usage: 2,
  missing: 3,
  doubtful: 4,
} as const

const doubts: readonly string[] = ['RecommendedMissing', 'RecommendedUnknown']

/** 3 a required need is missing; 4 nothing is, but something is unknown or recommended; 0 all is ready. */
export function exitCodeOf(report: Report): number {
  if (report.checks.some((check) => check.state === 'missing')) return exitCodes.missing
  const isDoubtful = report.checks.some((check) => check.state === 'unknown' || doubts.includes(check.reason))
  return isDoubtful ? exitCodes.doubtful : exitCodes.ready
}
