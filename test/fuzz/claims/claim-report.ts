import { Parser } from 'tap-parser'
import type { FinalResults } from 'tap-parser'
import { renderGate, renderText } from '#agent/render/text.ts'
import { formats } from '#agent/render/formats.ts'
import { endOfMetrics, exposeMetrics } from '#agent/render/exposition.ts'
import { registerReport } from '#agent/render/metrics.ts'
import { renderNodePatch } from '#agent/node/patch.ts'
import { renderCheckPage } from '#agent/http/page/check-page.ts'
import { renderPage } from '#agent/http/page/page.ts'
import type { NodeCondition } from '#agent/node/node-api.ts'
import { viewCheck } from '#agent/model/check-view.ts'
import { wantedBy } from '#agent/model/wanted-by.ts'
import { renderCheckView } from '#agent/render/check-view-text.ts'
import { relevanceOf, withRelevance } from '#agent/model/relevance.ts'
import type { Report } from '#agent/model/report.ts'
import { states } from '#agent/model/state.ts'
import { readFeatures } from '../../install/readers/features.ts'
import { readNpdConfig } from '../../install/readers/npd-config.ts'
import { readPlugin } from '../../install/readers/plugin-output.ts'
import { readWorkflow } from '../../install/readers/workflow-commands.ts'
import { readOpenMetrics } from '../../http/metrics/read-open-metrics.ts'
import { publishStatus } from '../../model/settings.ts'
import { claim, claimLine, claimLines, claimTexts } from './harmless.ts'

type Renderer = (report: Report, options: { readonly color: boolean }) => string | Promise<string>

/** Renders a report in every form there is, and holds each against what it must be. */
export async function claimReport(report: Report): Promise<void> {
  claimTexts(report, 'the report', ['fix'])
  for (const [name, render] of Object.entries<Renderer>(formats))
    claimLines(await render(report, { color: false }), `-o ${name}`)
  claimForPrograms(report)
  claim(
    JSON.stringify(JSON.parse(formats.json(report))) ===
      JSON.stringify({ ...report, checks: relevant(report) }),
    () => 'JSON says something else',
  )
  for (const isAll of [false, true])
    claimLines(
      renderText({ report, crashes: [], stale: 'no round', unpublished: null }, { isAll }),
      'the text',
    )
  for (const check of report.checks.slice(0, 4)) claimLines(renderGate(check, report), 'the gate')
  claimPages(report)
  const metrics = registerReport({ report, isStale: false, publishing: publishStatus(null), age: 1 })
  claimMetrics(await exposeMetrics(metrics, 'text'))
  readOpenMetrics((await exposeMetrics(metrics, 'openMetrics')) + endOfMetrics.openMetrics)
  claimPatch(report)
}

/** Each is read as the program that it is for reads it. */
function claimForPrograms(report: Report): void {
  const trouble = report.checks.filter(({ state }) => state === 'missing' || state === 'unknown')
  const { commands } = readWorkflow(formats.github(report))
  const annotated = commands.filter(({ command }) => command !== 'notice')
  claim(annotated.length === trouble.length, () => `${annotated.length} annotations for ${trouble.length}`)
  readPlugin(formats.nagios(report))
  readFeatures(formats.nfd(report))
  readNpdConfig(formats.npd(report), () => true)
  const { count, failures } = readTap(formats.tap(report))
  claim(count === report.checks.length, () => `${count} tests for ${report.checks.length} checks`)
  claim(failures.length === trouble.length, () => `${failures.length} tests fail, not ${trouble.length}`)
  claim(
    !/[^\t\n\r\x20-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(formats.junit(report)),
    () => 'no XML',
  )
}

function readTap(text: string): FinalResults {
  const parser = new Parser({ strict: true })
  parser.on('extra', (line: string) => claim(false, () => `TAP that is none: ${JSON.stringify(line)}`))
  parser.end(text)
  if (parser.results === null) throw new Error('TAP without an end')
  return parser.results
}

function relevant(report: Report) {
  const relevance = relevanceOf(report)
  return report.checks.map((check) => withRelevance(check, relevance))
}

function claimPages(report: Report): void {
  const snapshot = { report, crashes: [], stale: null, unpublished: null }
  claimPage([...renderPage(snapshot, { etag: '"tag"', isAll: false })()].join(''))
  const wanted = wantedBy(report.checks)
  for (const check of report.checks.slice(0, 4)) {
    const { state: from, state: to, reason, message } = check
    const history = { since: report.at, changes: [{ at: report.at, from, to, reason, message }] }
    const view = viewCheck(check, { report, wanted, crashes: [], history })
    claimPage([...renderCheckPage(snapshot, view, { etag: '"tag"', version: '0.1.0' })].join(''))
    claimLines(renderCheckView(snapshot, view), 'the text of a check')
  }
}

function claimPage(page: string): void {
  claimLines(page, 'the page')
  claim(!/<x-fuzz/i.test(page), () => 'the page has markup of others')
  claim(page.endsWith('</html>\n') || page.trimEnd().endsWith('</html>'), () => 'the page does not end')
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
const metricLine =
  /^(?:#.*|[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? (?:-?[\d.]+(?:e[+-]?\d+)?|NaN|[+-]?Inf))?$/

function claimMetrics(text: string): void {
  claimLines(text, 'the metrics')
  const odd = text.split('\n').find((line) => !metricLine.test(line))
  claim(odd === undefined, () => `the metrics have the line ${JSON.stringify(odd)}`)
}

function claimPatch(report: Report): void {
  const { metadata, status } = renderNodePatch(report, { before: [], now: new Date(0) })
  for (const [key, value] of Object.entries(metadata.labels)) {
    claim(/^hostdeps\.dev\/[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(key), () => `the label ${key}`)
    claim(
      states.some((state) => state === value),
      () => `the label says ${value}`,
    )
  }
  for (const text of Object.values(metadata.annotations)) {
    claim(Buffer.byteLength(text) <= 4_096, () => `an annotation of ${Buffer.byteLength(text)} bytes`)
    claimLine(text, 'the annotation')
  }
  status.conditions.forEach(claimCondition)
}

/** https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/types.go (Condition) */
function claimCondition({ type, reason, message, lastTransitionTime }: NodeCondition): void {
  claim(/^hostdeps\.dev\/[A-Z0-9][A-Za-z0-9]{0,60}Ready$/.test(type), () => `the condition ${type}`)
  claim(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/.test(reason), () => `the reason ${reason}`)
  claim(message.length <= 256, () => `a message of ${message.length} characters`)
  claimLine(message, 'a condition')
  claim(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(lastTransitionTime), () => `the time ${lastTransitionTime}`)
}
