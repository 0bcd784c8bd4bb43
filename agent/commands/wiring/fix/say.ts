import { plainLine } from '#agent/model/plain.ts'

/** A line for whoever watches, beside the script on stdout. */
export function say(line: string): void {
  process.stderr.write(`${plainLine(line)}\n`)
}
