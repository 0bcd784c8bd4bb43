import type { ReportCheck } from '#agent/model/report.ts'
import { countStates } from '#agent/model/state.ts'
import type { State } from '#agent/model/state.ts'
import { html, trusted } from './html.ts'
import type { Html } from './html.ts'
import { nothing, renderShape } from './parts.ts'

/** By words; only the script can do that. */
export const filterBar = html`<search class="filter">
  <label for="filter">Filter</label>
  <input
    id="filter"
    type="search"
    placeholder="a name, a program, a word"
    autocomplete="off"
    spellcheck="false"
    aria-keyshortcuts="/"
  />
  <kbd aria-hidden="true">/</kbd>
</search>`

export interface Chosen {
  readonly isAll: boolean
  readonly state?: State | null
}

/** How many are in each state; each count is a link that shows these alone. */
export function renderTally(here: readonly ReportCheck[], { isAll, state = null }: Chosen): Html {
  const counts = countStates(here)
  if (counts.length === 0) return nothing
  const kept = isAll ? 'all' : ''
  const items = counts.map(
    (one) =>
      html`<li class="${one.state}">
        <a
          href="?${[kept, `state=${one.state}`].filter(Boolean).join('&')}"
          data-state="${one.state}"
          ${trusted(one.state === state ? 'aria-current="true"' : '')}
          >${renderShape(one.state)} <b>${one.count}</b> ${one.state}</a
        >
      </li>`,
  )
  const all = html`<li id="any" ${trusted(state === null ? 'hidden' : '')}>
    <a href="?${kept}" data-state="">Show all</a>
  </li>`
  return html`<nav aria-label="Checks by state">
    <ul class="counts">
      ${items} ${all}
    </ul>
  </nav>`
}
