import type { Finding, ReportCheck } from '#agent/model/report.ts'
import { fingerprint } from '#agent/render/fingerprint.ts'
import { renderFindings } from './findings.ts'
import { html, trusted } from './html.ts'
import type { Html } from './html.ts'
import { nothing, renderFix, renderState, renderTime } from './parts.ts'

export interface CardOptions {
  /** Why it matters here though nobody published it. */
  readonly seen: readonly string[]
  /** Whether the fix and the needs are open at first. */
  readonly isOpen: boolean
  readonly isHidden: boolean
}

/** The address of a check's page, from the front page. */
const pageOf = (name: string) => `checks/${name}`

/** A check on the front page: what fails, why it matters, and the fix. By `data-key` the script sees whether it has changed. */
export function renderCard(check: ReportCheck, { seen, isOpen, isHidden }: CardOptions): Html {
  const { name, title, state, since, message, reason, why } = check
  const isTrouble = isInTrouble(check)
  return html`<article
    class="card check ${state}"
    id="check-${name}"
    data-key="${fingerprint(JSON.stringify([check, seen, isOpen]))}"
    data-state="${state}"
    data-needs="${needsIn(check.findings).join(' ')}"
    ${trusted(isHidden ? ' hidden' : '')}
  >
    ${renderState(state)}
    <h3 class="name"><a href="${pageOf(name)}">${name}</a> <span class="title">${title}</span></h3>
    <p class="since">${renderTime(since)}</p>
    <p class="message">${message} <code class="reason">${reason}</code></p>
    ${isTrouble ? html`<p class="why">${why}</p>` : nothing}
    ${seen.length === 0 ? nothing : html`<p class="seen">Not published: ${seen.join(', ')}</p>`}
    ${renderPending(check)} ${isTrouble ? renderBody(check, isOpen) : nothing}
  </article> `
}

/** Whether there is something to do or to doubt. */
function isInTrouble({ state, reason }: ReportCheck): boolean {
  if (reason === 'RoundStale') return false
  return state === 'missing' || state === 'unknown' || reason === 'RecommendedMissing'
}

function renderBody({ name, why, fix, findings, omitted }: ReportCheck, isOpen: boolean): Html {
  const open = findings.filter(({ state }) => state === 'missing' || state === 'unknown')
  const options = { above: { fix, why }, pageOf, isDeep: false, omitted }
  return html`<details class="body" ${trusted(isOpen ? ' open' : '')}>
    <summary>${fix === null ? 'What was seen' : 'The fix, and what was seen'}</summary>
    ${renderFix(fix, name)} ${renderFindings(open, options)}
  </details>`
}

export function renderPending({ pending }: ReportCheck): Html {
  if (pending === null) return nothing
  return html`<p class="pending">
    May turn <b>${pending.state}</b> (${pending.reason}), seen ${renderTime(pending.since)}; another round
    decides.
  </p>`
}

/** What the words of a search are looked for in besides the text: also needs that are ready. */
function needsIn(findings: readonly Finding[]): string[] {
  return [...new Set(findings.flatMap((one) => [one.need, ...needsIn(one.findings ?? [])]))]
}
