import { showDuration } from '#agent/model/duration.ts'
import type { Report } from '#agent/model/report.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { nothing, renderTime } from './parts.ts'

export const brand = html`<p class="brand">
  <svg class="shape" aria-hidden="true"><use href="#mark" /></svg> hostdeps
</p>`

/** Which node this is. */
export function renderHost(report: Report | null): Html {
  if (report === null) return html`<h1>hostdeps</h1>`
  const { os, kernel, arch } = report.host
  return html`<h1>${report.node}</h1>
    <p class="soft">${os}, kernel ${kernel ?? 'unknown'}, ${arch}</p>`
}

/** How fresh everything on the page is. */
export function renderFreshness({ report, stale }: Snapshot): Html {
  if (report === null) return nothing
  const every = showDuration(report.settings.interval)
  const next = stale === null ? `, again every ${every} and at once when the host changes` : ''
  return html`<p class="small">Asked ${renderTime(report.at)} in ${report.took} ms${next}</p>`
}
