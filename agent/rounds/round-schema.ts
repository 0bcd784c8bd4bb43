import * as z from 'zod'
import { maxPublished } from '../model/names.ts'
import { isReason } from '../model/reason.ts'
import type { Finding, Round } from '../model/report.ts'
import { states } from '../model/state.ts'
import type { RoundRead } from './round-file.ts'

const text = z.string().max(20_000)
const name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,54}[a-z0-9])?$/)
const time = z.iso.datetime()
const state = z.enum(states)
const reason = z.string().refine(isReason, 'is no reason that is known')

const finding: z.ZodType<Finding> = z.strictObject({
  need: text,
  kind: text,
  state,
  reason,
  message: text,
  evidence: z.array(text),
  why: text,
  fix: text.nullable(),
  recommended: z.boolean(),
  findings: z.lazy(() => z.array(finding)).exactOptional(),
})

const check = z.strictObject({
  name,
  title: text,
  why: text,
  state,
  reason,
  message: text,
  fix: text.nullable(),
  findings: z.array(finding),
})

/** A round as the prober writes it: `v` changes when its form does. */
const round = z.strictObject({
  v: z.literal(1),
  at: time,
  boot: z.number().nonnegative(),
  took: z.number().nonnegative(),
  settings: z.strictObject({
    hash: text,
    checks: z.array(name).max(maxPublished),
    interval: z.number().positive(),
    unknownAfter: z.number().nonnegative(),
    publish: z.strictObject({
      labels: z.boolean(),
      conditions: z.boolean(),
      annotation: z.boolean(),
      events: z.boolean(),
      reapply: z.number().positive(),
    }),
    mistakes: z.array(text),
    aliases: z.record(name, name),
  }),
  host: z.strictObject({
    hostname: text.nullable(),
    os: text,
    distro: text.nullable(),
    kernel: text.nullable(),
    arch: text,
  }),
  probing: z.strictObject({ watched: z.number(), refused: z.number(), abandoned: z.number() }),
  checks: z.array(check),
})

/** Reads a round from its text. */
export function readRound(json: string): RoundRead {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return { unusable: 'the round file is cut off, or no JSON' }
  }
  const version = typeof value === 'object' && value !== null && 'v' in value ? value.v : undefined
  if (version !== 1) return { unusable: `the round file is of version ${JSON.stringify(version)}, not 1` }
  const result = round.safeParse(value)
  if (result.success) return { round: result.data satisfies Round }
  const [issue] = result.error.issues
  return { unusable: `the round file is not of our form: ${issue?.path.join('.')}: ${issue?.message}` }
}
