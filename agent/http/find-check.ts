import { distance } from 'fastest-levenshtein'
import type { FastifyReply } from 'fastify'
import type { Report, ReportCheck } from '../model/report.ts'
import { sendProblem } from './problem.ts'

/** The names nearest to one that is not known, best first. */
export function nearNames(report: Report, name: string): string[] {
  return report.checks
    .map((check) => ({ name: check.name, away: check.name.startsWith(name) ? 0 : distance(name, check.name) }))
    .filter(({ away }) => away <= Math.max(2, name.length / 2))
    .toSorted((a, b) => a.away - b.away)
    .slice(0, 3)
    .map((near) => near.name)
}

export function findCheck(report: Report, name: string): ReportCheck | null {
  return report.checks.find((check) => check.name === name) ?? null
}

export function sendUnknownCheck(reply: FastifyReply, report: Report, name: string): FastifyReply {
  const near = nearNames(report, name)
  const hint = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '; /v1/report has all'
  return sendProblem(reply, { status: 404, title: 'Unknown check', detail: `there is no check ${name}${hint}`, near })
}

export function sendNoRound(reply: FastifyReply): FastifyReply {
  reply.header('retry-after', '1')
  return sendProblem(reply, { status: 503, title: 'No report yet', detail: 'no round has finished yet' })
}
