import type { Fix, SysctlRange } from '#agent/model/fix.ts'
import type { WantedSysctl } from '#agent/model/need.ts'

/**
 * Within which a setting stays as it is on a node that nobody knows yet. What some need wants to have just one value is always set;
 * of several bounds the narrowest count.
 */
export function sysctlRanges(wanted: readonly WantedSysctl[]): NonNullable<Fix['sysctlRanges']> {
  const byKey = Map.groupBy(wanted, ({ key }) => key)
  return Object.fromEntries(
    [...byKey].flatMap(([key, ranges]) => {
      const isExact = ranges.some(({ min, max }) => min === null && max === null)
      return isExact ? [] : [[key, narrowest(ranges)]]
    }),
  )
}

function narrowest(ranges: readonly SysctlRange[]): SysctlRange {
  const mins = ranges.flatMap(({ min }) => (min === null ? [] : [min]))
  const maxes = ranges.flatMap(({ max }) => (max === null ? [] : [max]))
  return {
    min: mins.length === 0 ? null : mins.reduce((one, other) => chooseEach(one, other, isGreater)),
    max: maxes.length === 0 ? null : maxes.reduce((one, other) => chooseEach(one, other, isLess)),
  }
}

type Fields = readonly string[]

function chooseEach(one: Fields, other: Fields, isBetter: (one: string, other: string) => boolean): Fields {
  return one.map((field, index) => (isBetter(field, other[index] ?? field) ? field : (other[index] ?? field)))
}

function isGreater(one: string, other: string): boolean {
  return BigInt(one) > BigInt(other)
}

function isLess(one: string, other: string): boolean {
  return BigInt(one) < BigInt(other)
}
