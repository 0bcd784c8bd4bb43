import { distance } from 'fastest-levenshtein'
import type { Report } from '../model/report.ts'
import { problemText } from './problem.ts'

const most = 5

/** The names that someone may have meant, nearest first, at most five. */
function nearNames(name: string, known: readonly string[]): string[] {
  const lower = name.toLowerCase()
  return known
    .map((other) => ({ other, far: lower.length >= 3 && other.includes(lower) ? 0 : distance(lower, other) }))
    .filter(({ other, far }) => far <= Math.max(2, Math.floor(other.length / 3)))
    .toSorted((a, b) => a.far - b.far)
    .slice(0, most)
    .map(({ other }) => other)
}

/** 404 for a check that is not in the report. */
export function unknownCheck(name: string, report: Report): string {
  const near = nearNames(
    name,
    report.checks.map((check) => check.name),
  )
  const hint = near.length > 0 ? `near are: ${near.join(', ')}` : '/v1/report lists all'
  return problemText(404, `there is no check ${name}; ${hint}`, { check: name, near })
}
