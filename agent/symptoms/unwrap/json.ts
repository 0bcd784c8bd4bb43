import { unquote } from './fields.ts'
import type { Unwrapped } from './unwrap.ts'

/** The keys of messages and errors in the order in which they read well; loggers disagree about the names. */
const messageKeys = ['msg', 'message', 'MESSAGE', 'M', 'log', 'event', 'short_message', '@message', 'text']
const errorKeys = [
  'error',
  'err',
  'reason',
  'exception',
  'stderr',
  'output',
  'detail',
  'cause',
  'errorVerbose',
  'stack',
]

/** Characters of a line that is parsed; a longer one is unquoted as it stands. */
const longest = 65_536

/** A line that is one JSON object: Docker's json-file, journalctl -o json, zap, pino, logrus. null when it is none. */
export function readJson(text: string): Unwrapped | null {
  if (!/^\s*\{\s*"/.test(text)) return null
  const object = text.length > longest ? null : parse(text)
  if (object === null) return { text: unquote(text.replace(/^\s*\{\s*/, '')) }
  const stream = typeof object['stream'] === 'string' ? object['stream'] : null
  const log = object['log']
  // Docker cuts lines of 16 KiB and ends only the last part with a line break: moby daemon/logger/copier.go.
  const isCut = typeof log === 'string' && stream !== null && log.length >= 16_000 && !log.endsWith('\n')
  return { text: wordsOf(object), program: programOf(object), stream, isCut }
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

/** The message, then the errors, then whatever else is text. */
function wordsOf(object: Record<string, unknown>): string {
  const texts = Object.entries(object).flatMap(([key, value]) => {
    const text = textOf(value)
    return text === null ||
      text === '' ||
      /^(?:ts|time|timestamp|@timestamp|level|severity|_.*|__.*)$/i.test(key)
      ? []
      : [[key, text] as const]
  })
  const rank = (key: string) => {
    const [asMessage, asError] = [messageKeys.indexOf(key), errorKeys.indexOf(key)]
    return asMessage >= 0 ? asMessage : asError >= 0 ? 100 + asError : 1000
  }
  const inOrder = texts.toSorted(([a], [b]) => rank(a) - rank(b))
  const said = inOrder.filter(([key]) => rank(key) < 1000)
  // With a message the other fields only name things; without one they are all there is.
  return (said.length > 0 ? said : inOrder).map(([, text]) => text).join(': ')
}

/** journald has bytes that are no UTF-8 as a list of numbers; pino has an error as an object. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value.trimEnd()
  if (Array.isArray(value) && value.length > 0 && value.every((one) => Number.isInteger(one)))
    return Buffer.from(value as number[]).toString()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const { message, msg, error, stderr } = value as Record<string, unknown>
  const texts = [message, msg, error, stderr].filter((one) => typeof one === 'string')
  return texts.length === 0 ? null : texts.join(': ')
}

function programOf(object: Record<string, unknown>): string | null {
  const name = object['SYSLOG_IDENTIFIER'] ?? object['_COMM'] ?? null
  return typeof name === 'string' ? name : null
}
