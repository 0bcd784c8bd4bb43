/** Milliseconds of a time in an answer of the API server, which is text there; null without one, and for the year 1. */
export function timeOf(time: Date | string | undefined | null): number | null {
  const value = time === undefined || time === null ? Number.NaN : new Date(time).getTime()
  return Number.isNaN(value) || value <= 0 ? null : value
}
