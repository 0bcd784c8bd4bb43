import type { CheckView } from '#agent/model/check-view.ts'
import type { Finding, ReportCheck } from '#agent/model/report.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'
import { states } from '#agent/model/state.ts'
import { fingerprint } from '#agent/render/fingerprint.ts'
import { renderChanges, renderSources, renderWanting } from './check-around.ts'
import { breadcrumb, renderHead } from './check-head.ts'
import { renderPod } from './check-pod.ts'
import { findingParts } from './findings.ts'
import { html, trusted } from './html.ts'
import type { Html } from './html.ts'
import { renderNotices } from './notices.ts'
import { live, nothing, renderFix } from './parts.ts'
import { lostPlace, renderShell } from './shell.ts'
import { renderFreshness } from './summary.ts'

export interface CheckPageOptions {
  readonly etag: string
  /** The version of hostdeps. */
  readonly version: string
}

/** No text can put this into the page, because text is escaped. */
const needsGoHere = '<!-- needs -->'

/** The page of one check, in parts. */
export function* renderCheckPage(
  snapshot: Snapshot,
  view: CheckView,
  options: CheckPageOptions,
): Iterable<string> {
  const { name, state, why, findings, omitted, fix } = view.check
  const title = `${state} - ${name} - ${view.report.node} - hostdeps`
  const body = renderBody(snapshot, view, options)
  const [head = '', rest = ''] = renderShell({ kind: 'check', etag: options.etag, title, body }).split(
    needsGoHere,
  )
  yield head
  yield* findingParts(worstFirst(findings), {
    above: { fix, why },
    pageOf: (other) => other,
    isDeep: true,
    omitted,
  })
  yield rest
}

function renderBody(snapshot: Snapshot, view: CheckView, options: CheckPageOptions): Html {
  const { check, report, crashes } = view
  const { name, fix } = check
  return html`<header class="page-head">
      ${breadcrumb(report.node, name)} ${live('summary', renderHead(view))}
      ${live('fresh', renderFreshness(snapshot))}
    </header>
    ${lostPlace}
    <main id="main" tabindex="-1">
      ${renderNotices(snapshot, { crashes, isFixBelow: fix !== null })}
      <div class="columns">
        <div>${live('fix', renderFix(fix, name))} ${renderNeeds(check)}</div>
        <div>
          ${section('wanted', 'Who wants it', renderWanting(view))}
          ${section('changes', 'Last changes', renderChanges(view))}
          ${section('sources', 'Sources', renderSources(check.sources ?? []))}
        </div>
      </div>
      ${section('pod', "For a pod's YAML", renderPod(view, options.version))}
    </main>
    <footer>
      The same for machines: <a href="../v1/checks/${name}">v1/checks/${name}</a>,
      <a href="../ready/${name}">ready/${name}</a>
    </footer>`
}

/** The place of the needs; whether they have changed is seen by what they are made of. */
function renderNeeds({ findings, omitted = 0 }: ReportCheck): Html {
  if (findings.length + omitted === 0) return section('needs', 'Needs', nothing)
  const key = fingerprint(JSON.stringify([findings, omitted]))
  return section('needs', 'Needs', trusted(`<!-- ${key} -->${needsGoHere}`))
}

/** What is required and fails comes first; otherwise they stand as in the check's file. */
function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  const rank = ({ state, recommended }: Finding) =>
    states.indexOf(state) + (recommended && state !== 'not-applicable' ? 1.5 : 0)
  return findings.toSorted((a, b) => rank(a) - rank(b))
}

function section(id: string, title: string, content: Html): Html {
  return live(
    id,
    content === nothing
      ? nothing
      : html`<section class="card" aria-labelledby="${id}-head">
          <h2 id="${id}-head">${title}</h2>
          ${content}
        </section>`,
  )
}
