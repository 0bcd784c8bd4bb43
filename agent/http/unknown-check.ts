import { aliasTarget, nearNames, noSuchCheck } from '#agent/model/did-you-mean.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { Report } from '#agent/model/report.ts'
import { problemText } from './problem.ts'

/** 404 for a check that is not in the report. */
export function unknownCheck(asked: string, { checks, settings }: Report): string {
  const name = plainLine(asked)
  const names = checks.map((check) => check.name)
  const alias = aliasTarget(name, settings.aliases)
  if (alias !== null && names.includes(alias))
    return problemText(404, noSuchCheck(name, { names, aliases: settings.aliases }), { near: [alias] })
  const near = nearNames(name, names)
  const detail = noSuchCheck(name, { names, aliases: {} })
  const elsewhere = near.length > 0 ? '' : '; /v1/report lists all'
  return problemText(404, `${detail}${elsewhere}`, { check: name, near })
}
