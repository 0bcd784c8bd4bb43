import pLimit from 'p-limit'
import type { Logger } from 'pino'
import type { ApiAnswer, ApiRefusal } from '#agent/node/node-api.ts'

/** Reviews at a time, and those that wait for a place. */
const [mostAtATime, mostWaiting] = [16, 512]
/** Reviews of one agent: a node's 110 pods may all start at once, and each needs two. */
const [burst, perSecond] = [256, 20]
/** Milliseconds without a review after one that failed; doubled each time up to the second. */
const [firstPause, longestPause] = [1_000, 30_000]

/** Calls of the API server that spare it. */
export interface SpareApi {
  /** Calls, or refuses without a call: there are too many, or the API server has failed a moment ago. */
  run<T>(call: () => Promise<ApiAnswer<T>>): Promise<ApiAnswer<T>>
}

/**
 * Three things keep reviews from becoming a storm: few are under way at a time, few are made in a second, and after one that failed
 * there is a pause, which grows; at its end a single one is tried.
 */
export function openSpareApi(log?: Logger): SpareApi {
  const limit = pLimit(mostAtATime)
  const health = watchHealth(log)
  const rate = openRate()
  const callNow = async <T>(call: () => Promise<ApiAnswer<T>>): Promise<ApiAnswer<T>> => {
    const pause = health.enter()
    if (pause !== null) return busy(pause)
    const answer = await call()
    health.note(answer)
    return answer
  }
  return {
    async run(call) {
      const pause = health.pause()
      if (pause !== null) return busy(pause)
      if (limit.pendingCount >= mostWaiting || !rate.take()) return busy(1_000)
      return limit(() => callNow(call))
    },
  }
}

/** A refusal of our own. */
function busy(retryAfter: number): ApiRefusal {
  return { ok: false, status: null, message: 'not asked', retryAfter }
}

/** How the API server is. */
function watchHealth(log?: Logger) {
  let [failures, until, isTrying] = [0, 0, false]
  let saidOdd = -Infinity
  /** A client may cause these as often as it likes. */
  const sayOdd = (said: object) => {
    if (performance.now() - saidOdd < longestPause) return
    saidOdd = performance.now()
    log?.warn(said, 'the API server refused a review')
  }
  /** Milliseconds in which nothing is asked; null when it may be. */
  const pause = () => {
    if (failures === 0) return null
    const rest = until - performance.now()
    if (rest > 0) return rest
    return isTrying ? firstPause : null
  }
  return {
    pause,
    /** Like {@link pause}, and takes the place of the one that is tried. */
    enter() {
      const rest = pause()
      if (rest === null) isTrying = failures > 0
      return rest
    },
    note(answer: ApiAnswer<unknown>) {
      isTrying = false
      if (answer.ok) {
        if (failures > 0) log?.info('the API server reviews requests again')
        ;[failures, until] = [0, 0]
        return
      }
      const { status, message, retryAfter } = answer
      if (!isItsOwn(status)) return sayOdd({ status, why: message })
      if (failures === 0)
        log?.error(
          { status, why: message },
          'the API server reviews no requests; until it does, those that it has not reviewed lately get 503',
        )
      // What was under way together counts once.
      if (until > performance.now()) return
      until = performance.now() + Math.min(retryAfter ?? firstPause * 2 ** failures, longestPause)
      failures++
    },
  }
}

/** Whether a failure is the API server's or of our own rights, and would be the next request's too. A client can cause the others. */
function isItsOwn(status: number | null): boolean {
  return status === null || [401, 403, 404, 408, 429].includes(status) || status >= 500
}

function openRate() {
  let [left, at] = [burst, performance.now()]
  return {
    take(): boolean {
      const now = performance.now()
      left = Math.min(burst, left + ((now - at) / 1_000) * perSecond)
      at = now
      if (left < 1) return false
      left--
      return true
    },
  }
}
