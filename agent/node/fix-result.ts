import * as z from 'zod'
import { checkNamePattern } from '#agent/model/names.ts'
import { plainLine } from '#agent/model/plain.ts'
import { states } from '#agent/model/state.ts'

/** Bytes of a termination message: https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/ */
const longest = 4_096

const need = z.object({ id: z.string().transform(plainLine), reason: z.string().transform(plainLine) })

/** What the pod of a fix says when it ends, in its termination message. */
const result = z.object({
  v: z.literal(1),
  /** `run`: the script ended; `none`: all was ready before; `wait`: another's was waited for; `refuse`: it cannot be run there. */
  did: z.enum(['run', 'none', 'wait', 'refuse']),
  /** "success 0", "exit-code 1"; or why nothing was begun. */
  how: z.string().transform(plainLine),
  /** The checks, asked again. */
  checks: z.array(
    z.object({ check: z.string().regex(checkNamePattern), state: z.enum(states), needs: z.array(need) }),
  ),
})

export type FixResult = z.output<typeof result>

/** The needs are what is left out where there is no room. */
export function renderFixResult(all: z.input<typeof result>): string {
  const text = JSON.stringify(all)
  if (Buffer.byteLength(text) <= longest) return text
  return JSON.stringify({ ...all, checks: all.checks.map((check) => ({ ...check, needs: [] })) })
}

/** null where it is no such message. */
export function readFixResult(text: string): FixResult | null {
  try {
    return result.parse(JSON.parse(text))
  } catch {
    return null
  }
}
