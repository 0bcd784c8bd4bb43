import type { Report, ReportCheck } from '#agent/model/report.ts'
import { isUsable } from '#agent/model/state.ts'
import { renderGate } from '#agent/render/text.ts'
import { unknownCheck } from '#agent/http/unknown-check.ts'
import { commonHeaders, problemText, problemType, retryAfter } from '#agent/http/problem.ts'
import { noRoundYet } from '#agent/model/snapshot.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'

/** The answer of /ready/<name>, made once per report rather than once per request. */
export interface ReadyAnswer {
  /** Whether a waiting client gets it at once: the check is ready or does not exist. */
  readonly isFinal: boolean
  readonly status: 200 | 404 | 503
  readonly text: Form
  readonly json: Form
}

interface Form {
  /** All that are sent: names and values, one after the other, as Node.js writes them quickest. */
  readonly headers: readonly string[]
  readonly body: string
}

const problem = `${problemType}; charset=utf-8`

export function readyAnswers(snapshot: Snapshot): (name: string) => ReadyAnswer {
  const { report } = snapshot
  if (report === null) {
    const notYet = refusal(snapshot.stale === null ? noRoundYet : `${noRoundYet}: ${snapshot.stale}`)
    return () => notYet
  }
  const checks = new Map(report.checks.map((check) => [check.name, check]))
  const made = new Map<string, ReadyAnswer>()
  return (name) => {
    const check = checks.get(name)
    if (check === undefined) return unknownCheckAnswer(name, report)
    const answer = made.get(name) ?? readyAnswer(check, report)
    made.set(name, answer)
    return answer
  }
}

/** 503 for a reason other than the check's. */
export function refusal(detail: string): ReadyAnswer {
  return {
    isFinal: false,
    status: 503,
    text: form('text/plain; charset=utf-8', `unknown: ${detail}\n`, { 'retry-after': retryAfter }),
    json: form(problem, problemText(503, detail, { state: 'unknown' }), { 'retry-after': retryAfter }),
  }
}

function readyAnswer(check: ReportCheck, report: Report): ReadyAnswer {
  const { state, since, reason, message, fix } = check
  const members = { node: report.node, check: check.name, state, since, reason, message, fix }
  const isReady = isUsable(state)
  const text = renderGate(check, report)
  if (isReady) {
    const json = form('application/json; charset=utf-8', `${JSON.stringify(members)}\n`)
    return { isFinal: true, status: 200, text: form('text/plain; charset=utf-8', text), json }
  }
  return {
    isFinal: false,
    status: 503,
    text: form('text/plain; charset=utf-8', text, { 'retry-after': retryAfter }),
    json: form(problem, problemText(503, `${check.name} is ${state}: ${message}`, members), {
      'retry-after': retryAfter,
    }),
  }
}

function unknownCheckAnswer(name: string, report: Report): ReadyAnswer {
  const json = form(problem, unknownCheck(name, report))
  return { isFinal: true, status: 404, text: json, json }
}

function form(type: string, body: string, more: Readonly<Record<string, string>> = {}): Form {
  const headers = {
    ...commonHeaders,
    'content-type': type,
    'content-length': String(Buffer.byteLength(body)),
    vary: 'accept',
    ...more,
  }
  return { headers: Object.entries(headers).flat(), body }
}
