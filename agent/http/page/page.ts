import { createHash } from 'node:crypto'
import { crashHeadline } from '#agent/model/crash-groups.ts'
import type { CrashGroup } from '#agent/model/crash-groups.ts'
import type { Report, ReportCheck } from '#agent/model/report.ts'
import { noticesOf } from '#agent/model/snapshot.ts'
import { partByRelevance, relevanceOf, seenWords } from '#agent/model/relevance.ts'
import type { Parted, RelevanceByCheck } from '#agent/model/relevance.ts'
import { countStates } from '#agent/model/state.ts'
import { html, trusted } from './html.ts'
import type { Html } from './html.ts'
import { renderCheck, renderFix, renderState, shapes } from './page-check.ts'
import { script } from './page-script.ts'
import { style } from './page-style.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'

/** The page runs and loads only what it contains, each part allowed by its hash. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
} as const

/** An open page that sees another version reloads itself, because the agent was updated. */
const version = hashOf(style + script).slice(-12)
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%232563a8'/%3E%3Cpath d='M4 8.5l2.7 2.7L12 5.5' fill='none' stroke='%23fff' stroke-width='2'/%3E%3C/svg%3E"

/** No text can put these into the page, because text is escaped. */
const [checksGoHere, othersGoHere] = ['<!-- checks -->', '<!-- others -->']

export interface PageOptions {
  readonly etag: string
  /** Whether the checks that do not matter on this node are shown at once too. */
  readonly isAll: boolean
}

/**
 * One page of HTML, complete without its script, which only keeps it up to date. Its checks are rendered one after the other, again
 * for each client, because a thousand checks may be larger than the heap.
 */
export function renderPage(snapshot: Snapshot, options: PageOptions): () => Iterable<string> {
  const { relevance, ...parted } = partOf(snapshot.report)
  const frame = renderFrame(snapshot, { ...options, ...parted })
  const [head = '', rest = ''] = frame.split(checksGoHere)
  const [middle = '', foot = ''] = rest.split(othersGoHere)
  return function* parts() {
    yield head
    for (const check of parted.here) yield renderCheck(check, seenWords(check, relevance)).markup
    yield middle
    for (const check of parted.others) yield renderCheck(check, []).markup
    yield foot
  }
}

function partOf(report: Report | null): Parted & { readonly relevance: RelevanceByCheck } {
  if (report === null) return { here: [], others: [], relevance: new Map() }
  const relevance = relevanceOf(report)
  return { ...partByRelevance(report.checks, relevance), relevance }
}

function renderFrame(snapshot: Snapshot, { etag, isAll, here, others }: PageOptions & Parted): string {
  const { report } = snapshot
  return html`<!doctype html>
    <html lang="en" data-etag="${etag}" data-version="${version}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${renderTitle(report, here)}</title>
        <link rel="icon" href="${icon}" />
        ${element('style', style)}
      </head>
      <body>
        ${shapes}
        <header id="summary">${renderSummary(report, here)}</header>
        <div id="notices" role="status">${renderNotices(snapshot)}</div>
        <div id="lost" role="alert" hidden></div>
        <main>
          <label class="filter"
            >Filter <input id="filter" type="search" placeholder="a name, a state, a word" autocomplete="off"
          /></label>
          <div id="checks">${trusted(checksGoHere)}</div>
          <details
            id="others"
            ${trusted([isAll ? 'open' : '', others.length === 0 ? 'hidden' : ''].join(' '))}
          >
            <summary id="others-head">${renderOthers(others)}</summary>
            <div id="other-checks">${trusted(othersGoHere)}</div>
          </details>
          <p id="none" hidden>No check contains these words.</p>
        </main>
        <footer>
          The same for machines: <a href="v1/report">v1/report</a>, <a href="metrics">metrics</a>,
          <code>ready/&lt;check&gt;?wait=120s</code>
        </footer>
        ${element('script', script)}
      </body>
    </html> `.markup
}

/** The content must be exactly what was hashed; a formatter may change only the template around it. */
function element(tag: 'style' | 'script', content: string): Html {
  return trusted(`<${tag}>${content}</${tag}>`)
}

/** What matters counts. */
function renderTitle(report: Report | null, here: readonly ReportCheck[]): string {
  if (report === null) return 'hostdeps'
  const worst = countStates(here)[0]
  return `${worst ? `${worst.count} ${worst.state} - ` : ''}${report.node} - hostdeps`
}

function renderOthers(others: readonly ReportCheck[]): Html {
  const counts = countStates(others).map(({ state, count }) => `${count} ${state}`)
  return html`<b>${others.length} more checks</b>, for what was not seen on this node: ${counts.join(', ')}`
}

function renderSummary(report: Report | null, here: readonly ReportCheck[]): Html {
  if (report === null) return html`<h1>hostdeps</h1>`
  const { os, kernel, arch } = report.host
  const counts = countStates(here).map(
    ({ state, count }) => html`<li class="${state}">${renderState(state)} <b>${count}</b> ${state}</li>`,
  )
  return html`<h1>${report.node}</h1>
    <p>${os}, kernel ${kernel ?? 'unknown'}, ${arch}</p>
    <ul class="counts">
      ${counts}
    </ul>
    <p class="small">asked <time datetime="${report.at}">${report.at}</time> in ${report.took} ms</p>`
}

function renderNotices(snapshot: Snapshot): Html {
  const { report, crashes } = snapshot
  const alarms = noticesOf(snapshot).map(
    ({ about, lead, detail }) =>
      html`<p ${trusted(about === 'stale' ? 'id="stale" ' : '')}class="alarm"><b>${lead}:</b> ${detail}</p>`,
  )
  const notes = [
    ...(report === null ? ['No round has finished yet.'] : []),
    ...(report?.checks.length === 0 ? ['The config has no checks.'] : []),
  ].map((note) => html`<p class="note">${note}</p>`)
  return html`${[...alarms, ...crashes.map(renderCrash), ...notes]}`
}

function renderCrash(group: CrashGroup): Html {
  const pods = (group.pods ?? []).map(
    ({ namespace, pod, container, restarts }) =>
      html`<li>${namespace}/${pod}, container ${container}, ${restarts} restarts</li>`,
  )
  const list =
    pods.length === 0
      ? ''
      : html`<ul>
          ${pods}
        </ul>`
  return html`<div class="${group.fixed === null ? 'alarm' : 'note'}">
    <b>${crashHeadline(group)}</b>${list}${renderFix(group.fix)}
  </div>`
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
