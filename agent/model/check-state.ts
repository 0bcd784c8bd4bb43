import { verdict } from './reason.ts'
import type { Finding } from './report.ts'
import { worstState } from './state.ts'
import type { State } from './state.ts'

type Said = Pick<Finding, 'state' | 'reason' | 'message'>

/** A check has the state of its worst required finding. A recommended one changes only its reason, never its state. */
export function checkVerdict(findings: readonly Finding[]): Said {
  const required = findings.filter((finding) => !finding.recommended)
  const now = findings.filter(({ reason }) => reason !== 'GoneAfterReboot')
  const deciding = required.length > 0 ? required : now
  const state = worstState(deciding.map((finding) => finding.state))
  if (state === 'not-applicable') return deciding[0] ?? verdict('AllReady', { messages: [] })
  if (state !== 'ready' && deciding === required) return sumUp(required, state)
  return readyVerdict(findings.filter((finding) => finding.state !== 'not-applicable'))
}

/** The first of the worst findings gives the message, with a count of the others. */
function sumUp(findings: readonly Finding[], state: State): Said {
  const same = findings.filter((finding) => finding.state === state)
  const [first] = same
  // The first may be an included check whose message already has a count.
  const [, text = '', inner = '0'] = /^(.*?)(?: \(and (\d+) more\))?$/s.exec(first?.message ?? '') ?? []
  const others = new Set(same.map((finding) => finding.message)).size - 1 + Number(inner)
  const more = others > 0 ? ` (and ${others} more)` : ''
  return { state, reason: first?.reason ?? 'QuestionFailed', message: `${text}${more}` }
}

function readyVerdict(applying: readonly Finding[]): Said {
  const recommended = applying.filter((finding) => finding.recommended)
  const missing = recommended.find((finding) => finding.state === 'missing')
  const unknown = recommended.find((finding) => finding.state === 'unknown')
  const included = applying.find((finding) => finding.kind === 'check' && isOnlyUsable(finding))
  if (missing) return verdict('RecommendedMissing', missing)
  if (included) return included
  if (unknown) return verdict('RecommendedUnknown', unknown)
  return verdict('AllReady', { messages: applying.map((finding) => finding.message) })
}

function isOnlyUsable(finding: Finding): boolean {
  return finding.reason === 'RecommendedMissing' || finding.reason === 'RecommendedUnknown'
}
