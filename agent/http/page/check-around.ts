import type { CheckView, Wanting } from '#agent/model/check-view.ts'
import type { Change } from '#agent/model/history.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { nothing, renderState, renderTime } from './parts.ts'

/** Of the checks that include it, as many as are listed; a hundred fill a screen. */
const mostWanting = 100

export function renderWanting({ wantedBy }: CheckView): Html {
  if (wantedBy.length === 0) return html`<p class="soft">No other check includes it.</p>`
  const more = wantedBy.length - mostWanting
  return html`<ul class="wanting">
    ${wantedBy.slice(0, mostWanting).map(renderOneWanting)}
    ${more > 0 ? html`<li class="soft">and ${more} more</li>` : nothing}
  </ul>`
}

function renderOneWanting({ name, title, state, why }: Wanting): Html {
  return html`<li class="${state}">
    <p><a href="${name}">${name}</a> ${renderState(state)}</p>
    <p class="soft">${title}</p>
    ${why.length === 0 ? nothing : html`<p>${why.join(', ')}</p>`}
  </li>`
}

export function renderChanges({ history: { since, changes } }: CheckView): Html {
  const kept = html`<p class="small">
    The agent started ${renderTime(since)}, and keeps the last ten in memory.
  </p>`
  if (changes.length === 0)
    return html`<p class="soft">None since the agent started.</p>
      ${kept}`
  return html`<ol class="changes">
      ${changes.map(renderChange)}
    </ol>
    ${kept}`
}

function renderChange({ at, from, to, reason, message }: Change): Html {
  return html`<li class="${to}">
    <p>
      ${renderTime(at)} ${from} <span aria-hidden="true">→</span
      ><span class="unseen">to</span> ${renderState(to)}
    </p>
    <p>${message} <code class="reason">${reason}</code></p>
  </li>`
}

/** Followed only by a click; the address stays ours alone (Referrer-Policy). */
export function renderSources(sources: readonly string[]): Html {
  if (sources.length === 0) return nothing
  return html`<ul class="sources">
    ${sources.map((source) => html`<li><a href="${source}" rel="noreferrer">${source}</a></li>`)}
  </ul>`
}
