import * as z from 'zod'
import { maxPublished } from '../model/names.ts'
import { isReason } from '../model/reason.ts'
import { plainLine } from '../model/plain.ts'
import type { Round } from '../model/report.ts'
import { states } from '../model/state.ts'
import type { StoredCheck, StoredFinding } from './stored-check.ts'

const text = z.string().max(20_000)
const name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,54}[a-z0-9])?$/)
const time = z.iso.datetime()
const state = z.enum(states)
const reason = z.string().refine(isReason, 'is no reason that is known')

const reference = z.strictObject({
  need: text,
  kind: z.literal('check'),
  takes: name,
  why: text.exactOptional(),
  recommended: z.boolean(),
})

const finding = z.strictObject({
  need: text,
  kind: text,
  state,
  reason,
  message: text,
  evidence: z.array(text),
  why: text,
  fix: text.nullable(),
  recommended: z.boolean(),
  findings: z.lazy(() => z.array(anyFinding)).exactOptional(),
})

const anyFinding: z.ZodType<StoredFinding> = z.union([finding, reference])

const check = z.strictObject({
  name,
  title: text,
  why: text,
  state,
  reason,
  message: text,
  fix: text.nullable(),
  findings: z.array(anyFinding),
})

/** A round as the prober writes it, but for its checks: `v` changes when its form does. */
const frame = z.strictObject({
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
  probing: z.strictObject({
    watched: z.number(),
    refused: z.number(),
    abandoned: z.number(),
    cut: z.number(),
  }),
  checks: z.array(z.unknown()),
})

/** What stands in the place of a round that cannot be handed on. */
const noRound = z.strictObject({ v: z.literal(1), unusable: z.string().max(1_000) })

export type Frame = Omit<Round, 'checks'> & { readonly checks: readonly unknown[] }

type Unusable = { readonly unusable: string }

export function readFrame(value: unknown): Frame | Unusable {
  const version = typeof value === 'object' && value !== null && 'v' in value ? value.v : undefined
  if (version !== 1) return { unusable: `the round file is of version ${JSON.stringify(version)}, not 1` }
  const none = noRound.safeParse(value)
  if (none.success) return { unusable: plainLine(none.data.unusable) }
  const result = frame.safeParse(value)
  return result.success ? result.data : notOurForm(result.error)
}

export function readCheck(value: unknown, index: number): StoredCheck | Unusable {
  const result = check.safeParse(value)
  return result.success ? result.data : notOurForm(result.error, `checks.${index}.`)
}

function notOurForm({ issues: [issue] }: z.ZodError, place = ''): Unusable {
  return {
    unusable: `the round file is not of our form: ${place}${issue?.path.join('.')}: ${issue?.message}`,
  }
}
