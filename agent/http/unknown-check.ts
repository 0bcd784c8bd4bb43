import type { FastifyReply } from 'fastify'
import { aliasTarget, nearNames, noSuchCheck } from '#agent/model/did-you-mean.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { Report } from '#agent/model/report.ts'
import { problemText, problemType } from './problem.ts'

export function sendUnknownCheck(reply: FastifyReply, asked: string, report: Report): void {
  void reply.code(404).type(problemType).send(unknownCheck(asked, report))
}

/** 404 for a check that is not in the report. */
export function unknownCheck(asked: string, report: Report): string {
  const { name, detail, near, isAlias } = nearChecks(asked, report)
  if (isAlias) return problemText(404, detail, { near })
  const elsewhere = near.length > 0 ? '' : '; /v1/report lists all'
  return problemText(404, `${detail}${elsewhere}`, { check: name, near })
}

/** What may be meant by a name that is no check's. */
export function nearChecks(asked: string, { checks, settings }: Report) {
  const name = plainLine(asked)
  const names = checks.map((check) => check.name)
  const alias = aliasTarget(name, settings.aliases)
  if (alias !== null && names.includes(alias)) {
    const detail = noSuchCheck(name, { names, aliases: settings.aliases })
    return { name, detail, near: [alias], isAlias: true }
  }
  return {
    name,
    detail: noSuchCheck(name, { names, aliases: {} }),
    near: nearNames(name, names),
    isAlias: false,
  }
}
