import type { Report } from '#agent/model/report.ts'

/** Exit codes of commands; public, so never renumber them. */
export const exitCodes = {
  ready: 0,
  failure: 1,
  usage: 2,
  missing: 3,
  doubtful: 4,
} as const

const doubts: readonly string[] = ['RecommendedMissing', 'RecommendedUnknown']

/** 3 when a required need is missing; 4 when none is, but something is unknown or recommended; 0 when all is ready. */
export function exitCodeOf(report: Report): number {
  if (report.checks.some((check) => check.state === 'missing')) return exitCodes.missing
  const isDoubtful = report.checks.some((check) => check.state === 'unknown' || doubts.includes(check.reason))
  return isDoubtful ? exitCodes.doubtful : exitCodes.ready
}
