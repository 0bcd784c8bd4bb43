import { includedCheck } from '#agent/model/wanted-by.ts'
import type { Finding } from '#agent/model/report.ts'
import { isUsable } from '#agent/model/state.ts'
import { html, trusted } from './html.ts'
import type { Html } from './html.ts'
import { nothing, renderFix, renderState } from './parts.ts'

export interface FindingsOptions {
  /** What stands above already: the fix, and why all of it matters. */
  readonly above: { readonly fix: string | null; readonly why: string }
  /** The address of a check's page, from the page that this is on. */
  readonly pageOf: (check: string) => string
  /** Whether the parts of a need are shown too. */
  readonly isDeep: boolean
  /** Before the ids of what is folded, so that each is there once. */
  readonly place?: string
  readonly omitted: number | undefined
}

/** Needs, each with its state, what was seen, why it matters, and its fix where that does not stand above. */
export function renderFindings(findings: readonly Finding[], options: FindingsOptions): Html {
  return trusted([...findingParts(findings, options)].join(''))
}

/** The same in parts, one need after the other: with all that it includes, a check may be a million characters. */
export function* findingParts(findings: readonly Finding[], options: FindingsOptions): Iterable<string> {
  const { omitted } = options
  if (findings.length === 0 && omitted === undefined) return
  yield '<ul class="findings">'
  for (const finding of findings) {
    yield `<li class="${finding.state}">${renderSelf(finding, options).markup}`
    yield* isFolded(finding) ? folded(finding, options) : inside(finding, options)
    yield '</li>'
  }
  if (omitted !== undefined)
    yield html`<li><p>${omitted} more are left out, because there would be too many.</p></li>`.markup
  yield '</ul>'
}

function renderSelf(finding: Finding, { above, pageOf }: FindingsOptions): Html {
  const { state, need, reason, recommended, message, evidence, why } = finding
  const included = includedCheck(finding)
  const id = html`<code class="need">${need}</code>`
  return html`<div class="finding-head">
      ${renderState(state)} ${included === null ? id : html`<a href="${pageOf(included)}">${id}</a>`}
      ${recommended ? html`<em>recommended</em>` : nothing} <code class="reason">${reason}</code>
    </div>
    <p>${message}</p>
    ${why === '' || why === above.why ? nothing : html`<p class="why">${why}</p>`}
    ${evidence.map((line) => html`<p class="evidence">seen: ${line}</p>`)}`
}

function* inside({ need, why, fix, findings, omitted }: Finding, options: FindingsOptions): Iterable<string> {
  yield renderFix(isPartOf(fix, options.above.fix) ? null : fix, need).markup
  if (findings === undefined || !options.isDeep) return
  yield* findingParts(findings, { ...options, above: { fix: fix ?? options.above.fix, why }, omitted })
}

/** Another check has a page of its own, and of what is ready nobody needs to know by which of several ways. */
function isFolded(finding: Finding): boolean {
  return includedCheck(finding) !== null || isUsable(finding.state)
}

function* folded(finding: Finding, options: FindingsOptions): Iterable<string> {
  const { need, findings = [], omitted = 0 } = finding
  const place = `${options.place ?? 'in'}-${need}`
  const count = findings.length + omitted
  if (!options.isDeep || count === 0) return
  const parts = includedCheck(finding) === null ? 'alternative' : 'need'
  const many = count === 1 ? `Its ${parts}` : `Its ${count} ${parts}s`
  const [head = '', foot = ''] = foldedPart(place, many).markup.split(inHere)
  yield head
  yield* inside(finding, { ...options, place })
  yield foot
}

/** No text can put this into the page, because text is escaped. */
const inHere = '<!-- inside -->'

function foldedPart(id: string, summary: string): Html {
  return html`<details id="${id}">
    <summary>${summary}</summary>
    ${trusted(inHere)}
  </details>`
}

/** A check's fix contains the lines of all its findings. */
function isPartOf(fix: string | null, above: string | null): boolean {
  const shown = new Set(above?.split('\n'))
  return fix?.split('\n').every((line) => shown.has(line)) ?? true
}
