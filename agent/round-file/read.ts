import { hash } from 'node:crypto'
import { mostChecks } from '#agent/model/bounds.ts'
import { checkNamePattern } from '#agent/model/names.ts'
import type { Round } from '#agent/model/report.ts'
import { hasTooManyValues } from './count-values.ts'
import { nothingRestored, restoreIncluded } from './include.ts'
import type { Restored } from './include.ts'
import type { StoredCheck } from './stored-check.ts'
import { nameOf, readCheck, readFrame } from './schema.ts'
import { shortenList } from './shorten.ts'

/** A round, with the faults of single checks; or why the whole round is unusable. */
export type RoundRead =
  | { readonly round: Round; readonly faults: readonly string[] }
  | { readonly unusable: string }

/** A cache for reading the next round: most checks do not change. */
export interface Memory {
  readonly restored: Restored
  /** By the hash of a check's line. */
  readonly lines: ReadonlyMap<string, StoredCheck>
}

export const noMemory: Memory = { restored: nothingRestored, lines: new Map() }

/** Faults reported for a round, which limits the length of its log line. */
const mostFaults = 10

/**
 * Reads a round from its bytes. Each check has its own line, and an unchanged line is not parsed again: parsing a thousand
 * checks anew for each round would take half the heap, besides those already in use. A check with a fault becomes unknown,
 * and the others are unaffected.
 */
export function readRound(bytes: Buffer, before: Memory): RoundRead & { readonly memory?: Memory } {
  const lines = linesOf(bytes)
  if (lines === null) return { unusable: `the round file has more than ${mostChecks} checks` }
  const [head = bytes, ...others] = lines
  const parsed = parse(Buffer.concat([head, others.pop() ?? Buffer.of()]))
  if ('why' in parsed) return { unusable: `the round file ${parsed.why}` }
  const frame = readFrame(parsed.value)
  if ('unusable' in frame) return frame
  const known = new Map<string, StoredCheck>()
  const inline = frame.checks.map((check) => takeCheck(check))
  const reads = [...inline, ...others.map((line) => readLine(line, before, known))]
  const { stored, unusable, faults } = sortOut(reads, frame.settings.checks)
  const restored = restoreIncluded(stored, unusable, before.restored)
  const names = new Set([...reads.flatMap(({ name }) => name ?? []), ...unusable.keys()])
  const checks = [...names].flatMap((name) => restored.whole.get(name) ?? [])
  const all = [...faults, ...[...restored.unusable].map(([name, why]) => `${name}: ${why}`)]
  return {
    round: { ...frame, checks },
    faults: shortenList(all, mostFaults),
    memory: { restored, lines: known },
  }
}

/** One check of the file; `name` is null when it cannot be identified. */
interface CheckRead {
  readonly name: string | null
  readonly read: StoredCheck | { readonly unusable: string }
}

/** Two checks with the same name cancel each other. A published check becomes unknown, since its label must not vanish. */
function sortOut(reads: readonly CheckRead[], published: readonly string[]) {
  const [stored, unusable] = [new Map<string, StoredCheck>(), new Map<string, string>()]
  for (const { name, read } of reads) {
    if (name === null) continue
    const why = stored.has(name) || unusable.has(name) ? 'it is in the round twice' : null
    if (why === null && !('unusable' in read)) stored.set(name, read)
    else unusable.set(name, why ?? ('unusable' in read ? read.unusable : ''))
    if (unusable.has(name)) stored.delete(name)
  }
  const nameless = reads.flatMap(({ name, read }) =>
    name === null && 'unusable' in read ? read.unusable : [],
  )
  const lost = published.filter((name) => !stored.has(name) && !unusable.has(name))
  if (nameless.length > 0)
    for (const name of lost) unusable.set(name, 'it is not in the round, or its name is unreadable')
  return { stored, unusable, faults: nameless.map((why) => `a check without a name: ${why}`) }
}

function readLine(line: Buffer, before: Memory, known: Map<string, StoredCheck>): CheckRead {
  const text = line.at(-1) === comma ? line.subarray(0, -1) : line
  const key = hash('sha256', text, 'base64')
  const old = before.lines.get(key)
  if (old !== undefined) {
    known.set(key, old)
    return { name: old.name, read: old }
  }
  const parsed = parse(text)
  if ('why' in parsed) return { name: firstName(text), read: { unusable: `it ${parsed.why}` } }
  const taken = takeCheck(parsed.value)
  if (!('unusable' in taken.read)) known.set(key, taken.read)
  return taken
}

function takeCheck(value: unknown): CheckRead {
  return { name: nameOf(value), read: readCheck(value) }
}

/** Finds the name in a line that is not JSON: the name is written first. */
function firstName(line: Buffer): string | null {
  const [, name = ''] = /^\{"name":"([a-z0-9-]{1,56})"/.exec(line.subarray(0, 100).toString()) ?? []
  return checkNamePattern.test(name) ? name : null
}

const comma = ','.charCodeAt(0)

/** Null when there are more lines than a round may have. */
function linesOf(bytes: Buffer): Buffer[] | null {
  const lines = []
  let start = 0
  for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', start)) {
    lines.push(bytes.subarray(start, end))
    if (lines.length > mostChecks + 1) return null
    start = end + 1
  }
  return [...lines, bytes.subarray(start)]
}

function parse(json: Buffer): { readonly value: unknown } | { readonly why: string } {
  if (hasTooManyValues(json)) return { why: 'has more values than the limit' }
  try {
    return { value: JSON.parse(json.toString()) }
  } catch {
    return { why: 'is truncated, or is not JSON' }
  }
}
