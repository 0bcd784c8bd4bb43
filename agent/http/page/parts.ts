import { fingerprint } from '#agent/render/fingerprint.ts'
import type { State } from '#agent/model/state.ts'
import { html, trusted } from './html.ts'
import type { Html } from './html.ts'

/** Each state has a word and its own shape, because not everyone sees colour. */
export const shapes: Html = trusted(`<svg hidden>
<symbol id="missing" viewBox="0 0 20 20"><path class="fill" d="M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3z"/><path class="ink" d="M6.7 6.7l6.6 6.6m0-6.6l-6.6 6.6"/></symbol>
<symbol id="unknown" viewBox="0 0 20 20"><rect class="fill" x="1" y="1" width="18" height="18" rx="4"/><path class="ink" d="M7.2 7.6c0-3.8 5.6-3.8 5.6 0 0 2-2.8 2.2-2.8 4.4m0 3.4v.1"/></symbol>
<symbol id="ready" viewBox="0 0 20 20"><circle class="fill" cx="10" cy="10" r="9.5"/><path class="ink" d="M5.6 10.4l3.2 3.2 5.8-6.4"/></symbol>
<symbol id="not-applicable" viewBox="0 0 20 20"><circle class="ring" cx="10" cy="10" r="8.5"/><path class="dash" d="M6 10h8"/></symbol>
<symbol id="mark" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#2563a8"/><path d="M4 8.5l2.7 2.7L12 5.5" fill="none" stroke="#fff" stroke-width="2"/></symbol>
</svg>`)

export const nothing = html``

export function renderShape(state: State): Html {
  return html`<svg class="shape" aria-hidden="true"><use href="#${state}" /></svg>`
}

export function renderState(state: State): Html {
  return html`<span class="state">${renderShape(state)} ${state}</span>`
}

/** The script makes "2 h ago" of it. */
export function renderTime(at: string): Html {
  return html`<time datetime="${at}">${at.replace(/^(\S+)T(\S{8})\.?\d*Z$/, '$1 $2 UTC')}</time>`
}

/** A part of the page that the script replaces when its content is another. */
export function live(id: string, content: Html): Html {
  const isEmpty = content.markup.trim() === ''
  return html`<div id="${id}" data-live="${fingerprint(content.markup)}" ${trusted(isEmpty ? 'hidden' : '')}>
    ${content}
  </div>`
}

export interface Copyable {
  readonly text: string
  /** What is copied, for whoever does not see it: "the commands for open-iscsi". */
  readonly what: string
  readonly head: Html
  /** Lines keep their breaks, and a long one can be scrolled to. */
  readonly isYaml?: boolean
}

/** A text with a button that copies it. */
export function renderCopyable({ text, what, head, isYaml = false }: Copyable): Html {
  const pre = isYaml ? html`<pre class="yaml" tabindex="0">${text}</pre>` : html`<pre>${text}</pre>`
  return html`<div class="copyable">
    <div class="copy-head">
      ${head}
      <button type="button" class="copy">
        <span class="word">Copy</span><span class="unseen"> ${what}</span>
      </button>
    </div>
    ${pre}
  </div>`
}

/** @param of whom the commands are for */
export function renderFix(fix: string | null, of: string): Html {
  if (fix === null) return nothing
  const head = html`<p>Fix, as root on this node</p>`
  return renderCopyable({ text: fix, what: `the commands for ${of}`, head })
}
