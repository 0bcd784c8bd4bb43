import { aliasTarget, nearNames } from '#agent/model/did-you-mean.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { Report } from '#agent/model/report.ts'
import { problemText } from './problem.ts'

/** 404 for a check that is not in the report. */
export function unknownCheck(asked: string, { checks, settings }: Report): string {
  const name = plainLine(asked)
  const names = checks.map((check) => check.name)
  const alias = aliasTarget(name, settings.aliases)
  if (alias !== null && names.includes(alias))
    return problemText(404, `there is no check ${name}; use ${alias}`, { near: [alias] })
  const near = nearNames(name, names)
  const hint = near.length > 0 ? `near are: ${near.join(', ')}` : '/v1/report lists all'
  return problemText(404, `there is no check ${name}; ${hint}`, { check: name, near })
}
