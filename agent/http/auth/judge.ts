import type { Logger } from 'pino'
import type { ApiAnswer, ApiRefusal } from '#agent/node/node-api.ts'
import type { PathAccess, ReviewApi, Subject } from '#agent/node/review-api.ts'
import { createReviewCache } from './review-cache.ts'
import { openSpareApi } from './spare-api.ts'
import { fingerprintOf, remainingOf } from './token.ts'

/** Milliseconds that a review counts: a right or a token that is taken away works for that long. */
const [yesFor, noFor] = [60_000, 10_000]
/** A node has about a hundred pods with a token each; of these each asks for few paths. */
const [mostTokens, mostAccesses] = [1_024, 4_096]

export interface Asking {
  readonly token: string
  readonly path: string
  readonly verb: string
  /** Asked before a review of what was never allowed: seconds that this client must wait, or null. */
  readonly limit: () => Promise<number | null>
}

export type Verdict =
  | { readonly says: 'allowed' | 'unknown token' | 'forbidden' }
  /** With the seconds after which to ask again. */
  | { readonly says: 'too many' | 'unavailable'; readonly wait: number }

/** Decides by the API server's reviews, and remembers them. What cannot be reviewed is not allowed. */
export type Judge = (asking: Asking) => Promise<Verdict>

export function openJudge(api: ReviewApi, audiences: readonly string[], log?: Logger): Judge {
  const spare = openSpareApi(log)
  const tokens = createReviewCache<Subject | null>({
    most: mostTokens,
    isYes: (subject) => subject !== null,
    noFor,
  })
  const accesses = createReviewCache<boolean>({ most: mostAccesses, isYes: (isAllowed) => isAllowed, noFor })
  const whose = async (token: string, key: string): Promise<ApiAnswer<Subject | null>> => {
    const known = tokens.fresh(key)
    if (known !== undefined) return { ok: true, value: known }
    const ask = () => spare.run(() => api.whose(token, audiences))
    return tokens.review(key, { ask, yesFor: Math.min(yesFor, remainingOf(token)) })
  }
  const may = async (subject: Subject, key: string, access: PathAccess): Promise<ApiAnswer<boolean>> => {
    const known = accesses.fresh(key)
    if (known !== undefined) return { ok: true, value: known }
    return accesses.review(key, { ask: () => spare.run(() => api.mayAccess(subject, access)), yesFor })
  }
  return async ({ token, path, verb, limit }) => {
    const key = fingerprintOf(token)
    const accessKey = `${key} ${verb} ${path}`
    const isNew =
      (tokens.fresh(key) === undefined && !tokens.wasYes(key)) ||
      (tokens.fresh(key) !== null && accesses.fresh(accessKey) === undefined && !accesses.wasYes(accessKey))
    const wait = isNew ? await limit() : null
    if (wait !== null) return { says: 'too many', wait }
    const subject = await whose(token, key)
    if (!subject.ok) return unavailable(subject)
    if (subject.value === null) return { says: 'unknown token' }
    const isAllowed = await may(subject.value, accessKey, { path, verb })
    if (!isAllowed.ok) return unavailable(isAllowed)
    return { says: isAllowed.value ? 'allowed' : 'forbidden' }
  }
}

/** Seconds after which the API server may answer again. */
const usualWait = 5

function unavailable({ retryAfter }: ApiRefusal): Verdict {
  return { says: 'unavailable', wait: retryAfter === null ? usualWait : Math.ceil(retryAfter / 1_000) }
}
