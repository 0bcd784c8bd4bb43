import * as z from 'zod'
import { checkNamePattern } from '#agent/model/names.ts'
import { states } from '#agent/model/state.ts'
import { parseDuration } from '#agent/model/duration.ts'

/** What may be asked, where. The router, the document and our own client read it from here. */
export interface Route {
  readonly method: 'GET' | 'POST'
  /** As the router reads it: /ready/:name. */
  readonly url: string
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  /** Absent where none is read. */
  readonly body?: z.ZodString
  /** Whether its answers are compressed for clients that take it. */
  readonly isLong: boolean
}

const none = z.strictObject({})
const oneCheck = z.strictObject({
  name: z.string().meta({
    description: 'The name of a check; for an alias the answer is 404, with the name.',
    pattern: checkNamePattern.source,
    examples: ['open-iscsi'],
  }),
})

/** Milliseconds. */
const longestWait = 600_000
/** The same as a pattern, for clients: the usual units, without what is longer. */
const waitPattern = String.raw`^((\d{1,5}|[1-5]\d{5}|600000)ms|(\d{1,2}|[1-5]\d{2})(\.\d{1,3})?s|600s|\d(\.\d{1,3})?m|10m)$`
const waitWords = 'must be a length of time from 0s to 10m, like 120s, 500ms or 2m'

/** Milliseconds; 0 when there is none. */
const wait = z
  .string(waitWords)
  .default('0s')
  .transform((text, context) => {
    const length = parseDuration(text)
    if (length !== null && length <= longestWait) return length
    context.addIssue(waitWords)
    return z.NEVER
  })
  .meta({ pattern: waitPattern, examples: ['120s'] })

/** One that is given once, without control characters. */
const plain = z
  .string('must be given once')
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'must have no control characters')
const hint = plain.max(500, 'has more than 500 characters').optional()
const exitWords = 'must be an exit code, 0 to 255'
const exitCode = z
  .string(exitWords)
  .regex(/^(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])$/, exitWords)
  .transform(Number)
  .optional()

/** Bytes of a log. */
export const longestLog = 1024 * 1024

export const routes = {
  front: {
    method: 'GET',
    url: '/',
    params: none,
    query: z.strictObject({
      all: plain
        .transform(() => true)
        .optional()
        .describe('Every check with its own fix, and not only what matters here.'),
      state: z
        .enum(states, `must be one of ${states.join(', ')}`)
        .optional()
        .describe('On the page, checks of that state alone.'),
    }),
    isLong: true,
  },
  checkPage: { method: 'GET', url: '/checks/:name', params: oneCheck, query: none, isLong: true },
  report: { method: 'GET', url: '/v1/report', params: none, query: none, isLong: true },
  check: { method: 'GET', url: '/v1/checks/:name', params: oneCheck, query: none, isLong: true },
  ready: {
    method: 'GET',
    url: '/ready/:name',
    params: oneCheck,
    query: z.strictObject({
      wait: wait.describe('How long the answer may wait for the check to become ready.'),
    }),
    isLong: false,
  },
  watch: {
    method: 'GET',
    url: '/v1/watch',
    params: none,
    query: z.strictObject({
      check: z
        .union([z.string(), z.array(z.string()).max(100)], 'must be given at most 100 times')
        .optional()
        .describe('Only changes of this check; it may be given several times.'),
    }),
    isLong: false,
  },
  explain: {
    method: 'POST',
    url: '/v1/explain',
    params: none,
    query: z.strictObject({
      component: hint.describe('The container or program whose log it is: longhorn-manager.'),
      namespace: hint.describe('The namespace of its pod: longhorn-system.'),
      image: hint.describe('Its image: longhornio/longhorn-manager:v1.12.2.'),
      exitCode: exitCode.describe('The exit code with which it ended.'),
    }),
    body: z.string().min(1).max(longestLog).describe('The text of a log, at most 1 MiB.'),
    isLong: false,
  },
  metrics: { method: 'GET', url: '/metrics', params: none, query: none, isLong: true },
  healthz: { method: 'GET', url: '/healthz', params: none, query: none, isLong: false },
  readyz: { method: 'GET', url: '/readyz', params: none, query: none, isLong: false },
  openapi: { method: 'GET', url: '/openapi.json', params: none, query: none, isLong: true },
} as const satisfies Record<string, Route>
