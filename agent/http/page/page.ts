import { partByRelevance, relevanceOf, seenWords } from '#agent/model/relevance.ts'
import type { RelevanceByCheck } from '#agent/model/relevance.ts'
import type { Report, ReportCheck } from '#agent/model/report.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'
import { countStates } from '#agent/model/state.ts'
import type { State } from '#agent/model/state.ts'
import { renderCard } from './card.ts'
import { explainForm } from './explain-form.ts'
import { filterBar, renderTally } from './filter.ts'
import { html, trusted } from './html.ts'
import type { Html } from './html.ts'
import { renderNotices } from './notices.ts'
import { live, nothing, renderCopyable } from './parts.ts'
import { lostPlace, renderShell } from './shell.ts'
import { brand, renderFreshness, renderHost } from './summary.ts'

export interface PageOptions {
  readonly etag: string
  /** Whether the checks that do not matter on this node are shown at once too. */
  readonly isAll: boolean
  /** Only checks of this state are shown; null shows all. */
  readonly state?: State | null
  /** Whether logs are explained here. */
  readonly canExplain?: boolean
}

interface Groups {
  readonly published: readonly ReportCheck[]
  /** Not published, but crashing or seen here. */
  readonly seen: readonly ReportCheck[]
  readonly others: readonly ReportCheck[]
}

/** No text can put these into the page, because text is escaped. */
const places = { published: '<!-- published -->', seen: '<!-- seen -->', others: '<!-- others -->' } as const

/**
 * The front page. Its checks are rendered one after the other, again for each client, because a thousand checks may be larger than
 * the heap.
 */
export function renderPage(snapshot: Snapshot, options: PageOptions): () => Iterable<string> {
  const { report } = snapshot
  const relevance: RelevanceByCheck = report === null ? new Map() : relevanceOf(report)
  const groups = groupsOf(report, relevance)
  const frame = renderFrame(snapshot, groups, options)
  const together = fixForAll(report, groups)
  const cards = (checks: readonly ReportCheck[], isOpen: (check: ReportCheck) => boolean) =>
    function* () {
      for (const check of checks) {
        const seen = seenWords(check, relevance)
        yield renderCard(check, { seen, isOpen: isOpen(check), isHidden: isHidden(check, options) }).markup
      }
    }
  const isOpen = ({ state, reason }: ReportCheck) =>
    state === 'unknown' ? reason !== 'RoundStale' : state === 'missing' && together === null
  const fillings = new Map<string, () => Iterable<string>>([
    [places.published, cards(groups.published, isOpen)],
    [places.seen, cards(groups.seen, isOpen)],
    [places.others, cards(groups.others, () => false)],
  ])
  return () => fill(frame, fillings)
}

function* fill(frame: string, fillings: ReadonlyMap<string, () => Iterable<string>>): Iterable<string> {
  for (const part of frame.split(/(<!-- [a-z]+ -->)/)) yield* fillings.get(part)?.() ?? [part]
}

function groupsOf(report: Report | null, relevance: RelevanceByCheck): Groups {
  if (report === null) return { published: [], seen: [], others: [] }
  const { here, others } = partByRelevance(report.checks, relevance)
  const isPublished = ({ name }: ReportCheck) => relevance.get(name)?.includes('published') ?? false
  return {
    published: here.filter(isPublished),
    seen: here.filter((check) => !isPublished(check)),
    others,
  }
}

function isHidden(check: ReportCheck, { state = null }: PageOptions): boolean {
  return state !== null && check.state !== state
}

function renderFrame(snapshot: Snapshot, groups: Groups, options: PageOptions): string {
  const { report, crashes } = snapshot
  const here = [...groups.published, ...groups.seen]
  const body = html`<header class="page-head">
      ${brand} ${live('summary', renderHost(report))} ${live('fresh', renderFreshness(snapshot))}
      ${live('tally', renderTally(here, options))}
    </header>
    ${lostPlace}
    <main id="main" tabindex="-1">
      ${renderNotices(snapshot, { crashes, isFixBelow: fixForAll(report, groups) !== null })}
      ${live('together', renderTogether(report, groups))} ${filterBar}
      ${renderGroup('published', 'Published on the Node')}
      ${renderGroup('seen', 'Not published, but seen here')} ${renderOthers(groups.others, options)}
      <p id="none" hidden>No check has all of this.</p>
      ${options.canExplain ? explainForm : nothing}
    </main>
    <footer>
      The same for machines: <a href="v1/report">v1/report</a>, <a href="metrics">metrics</a>,
      <a href="openapi.json">openapi.json</a>,
      <code>ready/&lt;check&gt;?wait=120s</code>
    </footer>`
  return renderShell({ kind: 'node', etag: options.etag, title: titleOf(snapshot, here), body })
}

/** What matters counts. */
function titleOf({ report, stale }: Snapshot, here: readonly ReportCheck[]): string {
  if (report === null) return 'hostdeps'
  const worst = countStates(here)[0]
  const state = stale === null ? worst && `${worst.count} ${worst.state}` : 'stale'
  return `${state ? `${state} - ` : ''}${report.node} - hostdeps`
}

/** The one text that fixes several checks at once; null where one check says it all. */
function fixForAll(report: Report | null, { published, seen }: Groups): string | null {
  const missing = [...published, ...seen].filter(({ state, fix }) => state === 'missing' && fix !== null)
  return missing.length > 1 ? (report?.fix ?? null) : null
}

function renderTogether(report: Report | null, groups: Groups): Html {
  const text = fixForAll(report, groups)
  if (text === null) return nothing
  const head = html`<h2>Fix all of it, as root on this node</h2>`
  return html`<section class="card together">
    ${renderCopyable({ text, what: 'the commands that fix all of it', head })}
  </section>`
}

/** Without a check that is shown, the style hides it. */
function renderGroup(id: 'published' | 'seen', title: string): Html {
  return html`<section class="group" aria-labelledby="${id}-head">
    <h2 id="${id}-head">${title}</h2>
    <div class="cards" id="${id}">${trusted(places[id])}</div>
  </section>`
}

function renderOthers(others: readonly ReportCheck[], { isAll }: PageOptions): Html {
  const counts = countStates(others).map(({ state, count }) => `${count} ${state}`)
  const many = others.length === 1 ? '1 more check' : `${others.length} more checks`
  const head = html`<h2>${many}</h2>
    <span>for what was not seen on this node: ${counts.join(', ')}</span>`
  return html`<details class="group" id="others-group" ${trusted(isAll ? 'open' : '')}>
    <summary>${live('others-head', head)}</summary>
    <div class="cards" id="others">${trusted(places.others)}</div>
  </details>`
}
