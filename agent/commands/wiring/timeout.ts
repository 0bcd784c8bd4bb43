import { InvalidArgumentError } from 'commander'
import { parseFlagDuration } from '#agent/model/duration.ts'

/** Milliseconds; a timer of Node.js that is set to more fires at once. */
const longest = 2 ** 31 - 1

/** Parses a flag's value; milliseconds. */
export function readTimeout(text: string): number {
  const time = parseFlagDuration(text)
  if (time === null) throw new InvalidArgumentError('It must be a length of time, like 90s or 1m30s.')
  return Math.min(time, longest)
}
