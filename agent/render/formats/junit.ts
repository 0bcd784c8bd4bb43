import type { Report, ReportCheck } from '#agent/model/report.ts'
import { findingLines, fixOf } from './finding-lines.ts'
import { countOf, verdictOf } from './verdict.ts'
import { xmlAttributes, xmlText } from './xml.ts'

/**
 * JUnit's XML as Jenkins' junit-10.xsd and Ant's (github.com/windyroad/JUnit-Schema) both allow it: no attributes of testsuites,
 * none of skipped, properties first, system-out of the suite and not of a test. A test is a check.
 */
export function renderJunit(report: Report): string {
  const { node, host, checks, took, at } = report
  const suite = {
    name: node,
    package: 'hostdeps',
    id: 0,
    hostname: host.hostname ?? node,
    // Ant's allows no time zone.
    timestamp: new Date(at).toISOString().slice(0, 19),
    tests: checks.length,
    failures: countOf(checks, 'missing'),
    errors: countOf(checks, 'unknown'),
    skipped: countOf(checks, 'skipped'),
    time: (took / 1000).toFixed(3),
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite${xmlAttributes(suite)}>`,
    ...propertyLines(report),
    ...checks.flatMap((check) => testLines(check, node)),
    `    <system-out>${xmlText(recommendations(checks, node).join('\n'))}</system-out>`,
    '    <system-err></system-err>',
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function propertyLines({ host }: Report): string[] {
  const { os, kernel, arch } = host
  const properties = Object.entries({ os, kernel: kernel ?? 'unknown', arch })
  return [
    '    <properties>',
    ...properties.map(([name, value]) => `      <property${xmlAttributes({ name, value })}/>`),
    '    </properties>',
  ]
}

/** A need's questions are shared by many checks, so no check has a time of its own. Points would make packages of the class. */
function testLines(check: ReportCheck, node: string): string[] {
  const test = { name: check.name, classname: `hostdeps.${node.replaceAll('.', '_')}`, time: 0 }
  const outcome = outcomeOf(check, node)
  const tag = `    <testcase${xmlAttributes(test)}`
  return outcome === null ? [`${tag}/>`] : [`${tag}>`, `      ${outcome}`, '    </testcase>']
}

function outcomeOf(check: ReportCheck, node: string): string | null {
  const { message, reason } = check
  const verdict = verdictOf(check)
  if (verdict === 'skipped') return `<skipped>${xmlText(message)}</skipped>`
  if (verdict !== 'missing' && verdict !== 'unknown') return null
  const name = verdict === 'missing' ? 'failure' : 'error'
  const text = xmlText(textOf(check, node).join('\n'))
  return `<${name}${xmlAttributes({ message, type: reason })}>${text}</${name}>`
}

function textOf(check: ReportCheck, node: string): string[] {
  return [`${check.title}: ${check.why}`, ...fixOf(check, node), ...findingLines(check)]
}

function recommendations(checks: readonly ReportCheck[], node: string): string[] {
  return checks.flatMap((check) =>
    verdictOf(check) === 'recommended' ? [`${check.name}: ${check.message}`, ...fixOf(check, node)] : [],
  )
}
