import { InvalidArgumentError } from 'commander'
import { parseDuration } from '#agent/model/duration.ts'

/** Parses a flag's value; milliseconds. */
export function readTimeout(text: string): number {
  const time = parseDuration(text)
  if (time === null) throw new InvalidArgumentError('It must be a length of time, like 90s or 10m.')
  return time
}
