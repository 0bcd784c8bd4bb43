import type { CheckView } from '#agent/model/check-view.ts'
import { labelKey } from '#agent/model/names.ts'
import { renderPending } from './card.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { nothing, renderState, renderTime } from './parts.ts'

/** The way back to the front page. */
export function breadcrumb(node: string, name: string): Html {
  return html`<nav class="breadcrumb" aria-label="Where this is">
    <a href="../">${node}</a> <span aria-hidden="true">/</span> <span aria-current="page">${name}</span>
  </nav>`
}

/** What the check is, its state, and why it matters. */
export function renderHead({ check, why }: CheckView): Html {
  const { name, title, state, since, message, reason } = check
  return html`<h1>${name}</h1>
    <p class="soft">${title}</p>
    <div class="verdict ${state}">
      ${renderState(state)}
      <p class="since">first seen ${renderTime(since)}</p>
      <p class="message">${message} <code class="reason">${reason}</code></p>
      ${renderPending(check)}
    </div>
    <p class="purpose">${check.why}</p>
    <p class="small">
      ${why.length === 0 ? 'Nothing of it was seen on this node.' : `It matters here: ${why.join(', ')}.`}
      ${renderPublished(check)}
    </p>`
}

/** What the Node says may lag behind: a proven state outlives silence for a while. */
function renderPublished({ name, isPublished, published, state }: CheckView['check']): Html {
  if (!isPublished) return html`The Node says nothing of it, since the config does not publish it.`
  const lag = published.state === state ? nothing : html`, until the new state is certain`
  return html`The Node says <code>${labelKey(name)}: ${published.state}</code> (set
    ${renderTime(published.since)})${lag}.`
}
