import { hash } from 'node:crypto'
import type { Round } from '../model/report.ts'
import { nothingRestored, restoreIncluded } from './include.ts'
import type { Restored } from './include.ts'
import type { StoredCheck } from './stored-check.ts'
import { readCheck, readFrame } from './schema.ts'

/** A round, or why there is none that can be used. */
export type RoundRead = { readonly round: Round } | { readonly unusable: string }

/** What the next round is read with: most checks are written as they were. */
export interface Memory {
  readonly opened: Restored
  /** By the hash of their lines. */
  readonly lines: ReadonlyMap<string, StoredCheck>
}

export const noMemory: Memory = { opened: nothingRestored, lines: new Map() }

const notJson = { unusable: 'the round file is cut off, or no JSON' }

/**
 * Reads a round from its bytes. Each check stands on a line of its own, and one that is as it was is not read again but
 * taken as it was: a thousand checks, parsed anew for each round, would take half of the heap beside those that are there.
 */
export function readRound(bytes: Buffer, before: Memory): RoundRead & { readonly memory?: Memory } {
  const [head = bytes, ...lines] = linesOf(bytes)
  const value = parse(lines.length === 0 ? head.toString() : `${head.toString()}${lines.pop()?.toString()}`)
  if (value === undefined) return notJson
  const frame = readFrame(value)
  if ('unusable' in frame) return frame
  const known = new Map<string, StoredCheck>()
  const checks = []
  for (const [index, line] of [...frame.checks.map((check) => ({ check })), ...lines].entries()) {
    const check = 'check' in line ? readCheck(line.check, index) : readLine(line, { index, before, known })
    if ('unusable' in check) return check
    checks.push(check)
  }
  const opened = restoreIncluded(checks, before.opened)
  if (typeof opened === 'string') return { unusable: `the round file is not of our form: ${opened}` }
  const whole = checks.flatMap(({ name }) => opened.whole.get(name) ?? [])
  return { round: { ...frame, checks: whole }, memory: { opened, lines: known } }
}

interface Line {
  readonly index: number
  readonly before: Memory
  /** Where it is remembered. */
  readonly known: Map<string, StoredCheck>
}

function readLine(line: Buffer, { index, before, known }: Line): ReturnType<typeof readCheck> {
  const text = line.at(-1) === comma ? line.subarray(0, -1) : line
  const key = hash('sha256', text, 'base64')
  const old = before.lines.get(key)
  const value = old ?? parse(text.toString())
  if (value === undefined) return notJson
  const check = old ?? readCheck(value, index)
  if (!('unusable' in check)) known.set(key, check)
  return check
}

const comma = ','.charCodeAt(0)

function linesOf(bytes: Buffer): Buffer[] {
  const lines = []
  let start = 0
  for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', start)) {
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  return [...lines, bytes.subarray(start)]
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
