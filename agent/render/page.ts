import type { Finding, Report, ReportCheck, State } from '../model/report.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'

const order: readonly State[] = ['missing', 'unknown', 'ready', 'not-applicable']

/** Each state by a shape too, for who does not see the colours. */
const marks = {
  missing: '✕',
  unknown: '?',
  ready: '✓',
  'not-applicable': '–',
} as const satisfies Record<State, string>

/** The report as a page of one file: nothing is loaded from elsewhere, and all text of the host is escaped. */
export function renderPage(report: Report | null, stale: string | null): string {
  const title = report === null ? 'hostdeps' : `${report.node} - hostdeps`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<link rel="icon" href="data:,">
<style>${pageStyle}</style>
</head>
<body>
<p id="alarm" role="alert"${stale === null ? ' hidden' : ''}>${stale === null ? '' : escape(`Stale: ${stale}. What is shown may be wrong.`)}</p>
<main id="report">${report === null ? '<p>No round has finished yet.</p>' : renderReport(report)}</main>
<script>${pageScript}</script>
</body>
</html>
`
}

function renderReport(report: Report): string {
  const checks = report.checks.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
  const { os, kernel, arch } = report.host
  return `
<header>
<h1>${escape(report.node)}</h1>
<p class="host">${escape(`${os}, kernel ${kernel ?? 'unknown'}, ${arch}`)}</p>
<p class="counts">${order.map((state) => renderCount(report, state)).join(' ')}</p>
<label>Filter <input id="filter" type="search" autocomplete="off" placeholder="name, state, package"></label>
</header>
${checks.map(renderCheck).join('\n')}
<footer>As of <time>${escape(report.at)}</time>. Also: <a href="v1/report">JSON</a>, <a href="metrics">metrics</a>, <code>/ready/&lt;check&gt;?wait=120s</code></footer>`
}

function renderCount(report: Report, state: State): string {
  const count = report.checks.filter((check) => check.state === state).length
  return count === 0 ? '' : `<span class="state ${state}">${marks[state]} ${count} ${state}</span>`
}

function renderCheck(check: ReportCheck): string {
  const isTrouble = check.state === 'missing' || check.state === 'unknown'
  const words = [check.name, check.title, check.state, check.reason, check.fix ?? ''].join(' ').toLowerCase()
  return `<details class="check" data-check="${escape(check.name)}" data-words="${escape(words)}"${isTrouble ? ' open' : ''}>
<summary><span class="state ${check.state}">${marks[check.state]} ${check.state}</span> <b>${escape(check.name)}</b> <span class="title">${escape(check.title)}</span>
<span class="message">${escape(check.message)}</span></summary>
<p class="why">${escape(check.why)}</p>
<p class="since">${escape(check.reason)}, since <time>${escape(check.since)}</time>${check.published ? '' : '; not published to the Node'}${renderPending(check)}</p>
${check.fix === null ? '' : renderFix(check.fix)}
<ul>${check.findings.map(renderFinding).join('')}</ul>
</details>`
}

function renderPending(check: ReportCheck): string {
  return check.pending === null ? '' : `; it may be ${escape(check.pending.state)} since ${escape(check.pending.since)}, asked again soon`
}

function renderFix(fix: string): string {
  return `<div class="fix"><pre>${escape(fix)}</pre><button type="button" class="copy">Copy</button></div>`
}

function renderFinding(finding: Finding): string {
  const evidence = finding.evidence.map((one) => `<br><small>${escape(one)}</small>`).join('')
  const recommended = finding.recommended ? ' <em>recommended</em>' : ''
  const inner = finding.findings ? `<ul>${finding.findings.map(renderFinding).join('')}</ul>` : ''
  return `<li><span class="state ${finding.state}">${marks[finding.state]} ${finding.state}</span> <code>${escape(finding.need)}</code>${recommended}<br>${escape(finding.message)}${evidence}${inner}</li>`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
