import type { Finding, ReportCheck } from '#agent/model/report.ts'
import type { State } from '#agent/model/state.ts'
import { html, trusted } from './html.ts'
import type { Html } from './html.ts'
import { fingerprint } from '#agent/render/fingerprint.ts'

/** Each state has a word and its own shape, because not everyone sees colour. */
export const shapes: Html = trusted(`<svg hidden>
<symbol id="missing" viewBox="0 0 20 20"><path class="fill" d="M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3z"/><path class="ink" d="M6.7 6.7l6.6 6.6m0-6.6l-6.6 6.6"/></symbol>
<symbol id="unknown" viewBox="0 0 20 20"><rect class="fill" x="1" y="1" width="18" height="18" rx="4"/><path class="ink" d="M7.2 7.6c0-3.8 5.6-3.8 5.6 0 0 2-2.8 2.2-2.8 4.4m0 3.4v.1"/></symbol>
<symbol id="ready" viewBox="0 0 20 20"><circle class="fill" cx="10" cy="10" r="9.5"/><path class="ink" d="M5.6 10.4l3.2 3.2 5.8-6.4"/></symbol>
<symbol id="not-applicable" viewBox="0 0 20 20"><circle class="ring" cx="10" cy="10" r="8.5"/><path class="dash" d="M6 10h8"/></symbol>
</svg>`)

export function renderState(state: State): Html {
  return html`<svg class="shape" aria-hidden="true"><use href="#${state}" /></svg>`
}

/**
 * One check; by `data-key` the script sees whether it has changed.
 *
 * @param seen why it matters here though nobody published it
 */
export function renderCheck(check: ReportCheck, seen: readonly string[]): Html {
  const { name, title, state, since, message, reason } = check
  const shown = linesOf(check.fix)
  const isTrouble = state === 'missing' || (state === 'unknown' && reason !== 'RoundStale')
  return html`<details
    class="check ${state}"
    id="check-${name}"
    data-key="${fingerprint(JSON.stringify([check, seen]))}"
    data-state="${state}"
    ${trusted(isTrouble ? ' open' : '')}
  >
    <summary>
      <span class="state">${renderState(state)} ${state}</span>
      <span class="name"><b>${name}</b> <span class="title">${title}</span></span>
      <time datetime="${since}">${since}</time>
      <span class="message">${message} <code class="reason">${reason}</code></span>
      ${seen.length === 0 ? html`` : html`<span class="seen">Not published: ${seen.join(', ')}</span>`}
    </summary>
    <div class="body">
      ${renderPending(check)}${renderFix(check.fix)}
      <p class="why">${check.why}</p>
      <ul class="findings">
        ${check.findings.map((finding) => renderFinding(finding, shown))} ${renderOmitted(check.omitted)}
      </ul>
    </div>
  </details> `
}

function renderPending({ pending }: ReportCheck): Html {
  if (pending === null) return html``
  return html`<p class="pending">
    May turn <b>${pending.state}</b> (${pending.reason}), seen
    <time datetime="${pending.since}">${pending.since}</time>; another round decides.
  </p>`
}

/** @param shown the fix lines that are already shown above */
function renderFinding(finding: Finding, shown: ReadonlySet<string>): Html {
  const { state, need, recommended, message, evidence, why, fix, findings } = finding
  const shownInside = findings === undefined || fix === null ? shown : linesOf(fix)
  return html`<li class="${state}">
    <p>
      <span class="state">${renderState(state)} ${state}</span>
      <code class="need">${need}</code>${recommended ? html` <em>recommended</em>` : html``}
    </p>
    <p>${message}</p>
    ${evidence.map((line) => html`<p class="evidence">seen: ${line}</p>`)}
    ${why === '' ? html`` : html`<p class="why">${why}</p>`} ${renderFix(isShown(fix, shown) ? null : fix)}
    ${
      findings === undefined
        ? html``
        : html`<ul class="findings">
            ${findings.map((inner) => renderFinding(inner, shownInside))} ${renderOmitted(finding.omitted)}
          </ul>`
    }
  </li>`
}

function renderOmitted(count: number | undefined): Html {
  return count === undefined
    ? html``
    : html`<li><p>${count} more are left out, because there would be too many.</p></li>`
}

/** A check's fix contains the lines of all its findings. */
function isShown(fix: string | null, shown: ReadonlySet<string>): boolean {
  return fix?.split('\n').every((line) => shown.has(line)) ?? true
}

function linesOf(fix: string | null): ReadonlySet<string> {
  return new Set(fix?.split('\n'))
}

export function renderFix(fix: string | null): Html {
  if (fix === null) return html``
  return html`<div class="fix">
    <p>Fix, as root on this node:</p>
    <pre tabindex="0">${fix}</pre>
    <button type="button" class="copy">Copy</button>
  </div>`
}
