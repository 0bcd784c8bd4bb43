import type * as z from 'zod'
import { orList } from '#agent/model/reason-entry.ts'
import { nearNames } from '#agent/model/did-you-mean.ts'
import { plainLine } from '#agent/model/plain.ts'

interface Reading {
  readonly value?: unknown
  readonly error?: Error
}

/** Reads the parameters or the query of a request by the schema of its route, as Fastify's validators do; a mistake is one sentence. */
export function readBy(schema: z.ZodObject): (data: unknown) => Reading {
  const known = Object.keys(schema.shape)
  // Most requests ask for nothing more than their path.
  const nothing = schema.safeParse({})
  return (data) => {
    if (nothing.success && isEmpty(data)) return { value: nothing.data }
    const read = schema.safeParse(data)
    if (read.success) return { value: read.data }
    const [issue] = read.error.issues
    return { error: new Error(issue === undefined ? 'the request is invalid' : wordsOf(issue, known)) }
  }
}

function isEmpty(data: unknown): boolean {
  for (const _ in data as object) return false
  return true
}

function wordsOf(issue: z.core.$ZodIssue, known: readonly string[]): string {
  if (issue.code !== 'unrecognized_keys') return `${issue.path.join('.')} ${issue.message}`
  const [key = ''] = issue.keys
  const near = nearNames(key, known)
  const hint = near.length > 0 ? `did you mean ${orList(near)}?` : `it takes ${orList(known) || 'none'}`
  return `this path takes no parameter ${plainLine(key)} (${hint})`
}
