import type { Compare } from './order.ts'

/** Groups of comparators: in at least one group, all must hold: `>=5.4 <6.8 || >=6.9.2`. */
export type Range = readonly (readonly Comparator[])[]

interface Comparator {
  readonly operator: Operator
  readonly version: string
}

const operators = ['>=', '<=', '!=', '>', '<', '='] as const
type Operator = (typeof operators)[number]

const version = String.raw`[0-9][\w.+~^:-]*`
const group = String.raw`\s*(>=|<=|!=|>|<|=)\s*${version}(\s+(>=|<=|!=|>|<|=)\s*${version})*\s*`
/** Matches the ranges that {@link parseRange} accepts, for a check of the form alone. */
export const rangePattern = String.raw`^${group}(\|\|${group})*$`
const comparator = new RegExp(`^(>=|<=|!=|>|<|=)${version}$`)

/** Reads a range; an error is one sentence that shows the right form. */
export function parseRange(text: string): { range: Range } | { error: string } {
  const groups = text.split('||').map((group) =>
    group
      .replace(/([<>=!])\s+(?=[^<>=!\s])/g, '$1')
      .trim()
      .split(/\s+/),
  )
  const words = groups.flat()
  const bare = words.find((word) => !operators.some((operator) => word.startsWith(operator)))
  if (words.some((word) => word === '')) return { error: 'is an empty range; write, for example, ">=2.1"' }
  if (bare !== undefined) return { error: `"${bare}" has no operator; write, for example, ">=${bare}"` }
  const wrong = words.find((word) => !comparator.test(word))
  if (wrong !== undefined)
    return { error: `"${wrong}" is not a version with an operator; write, for example, ">=2.1 <3"` }
  return { range: groups.map((group) => group.map(parseComparator)) }
}

/** The versions in a range, in their order; none when the text is not a range. */
export function boundsOf(text: string): readonly string[] {
  const parsed = parseRange(text)
  return 'range' in parsed ? parsed.range.flat().map(({ version }) => version) : []
}

/** Whether a version is in a range, by the given order. */
export function inRange(version: string, range: Range, compare: Compare): boolean {
  return range.some((group) => group.every((comparator) => holds(version, comparator, compare)))
}

/**
 * Adapts a package manager's order to ranges as users write them: the epoch or revision of the installed version counts only
 * if the wanted version has one, so that `>=1.2` holds for `2:1.2.3-4+deb12u1`.
 */
export function lenient(compare: Compare): Compare {
  return (version, wanted) => {
    const withoutEpoch = wanted.includes(':') ? version : version.replace(/^\d+:/, '')
    return compare(wanted.includes('-') ? withoutEpoch : withoutEpoch.replace(/-[^-]*$/, ''), wanted)
  }
}

function parseComparator(word: string): Comparator {
  const operator = operators.find((known) => word.startsWith(known)) ?? '='
  return { operator, version: word.slice(operator.length) }
}

function holds(version: string, { operator, version: wanted }: Comparator, compare: Compare): boolean {
  const order = compare(version, wanted)
  switch (operator) {
    case '>=':
      return order >= 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '<':
      return order < 0
    case '=':
      return order === 0
    default:
      return order !== 0
  }
}
