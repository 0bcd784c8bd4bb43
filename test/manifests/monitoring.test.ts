import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { alerts, panels } from './monitoring-cases.ts'
import { scrapeCluster, scrapeOne } from './scraped-cluster.ts'

const overlay = new URL('../../manifests/overlays/monitoring/', import.meta.url).pathname
const { spec } = parse(readFileSync(join(overlay, 'prometheus-rule.yaml'), 'utf8'))
const dashboard = JSON.parse(readFileSync(join(overlay, 'hostdeps.json'), 'utf8'))
const promtool = process.env['HOSTDEPS_TEST_PROMTOOL']

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly annotations: Readonly<Record<string, string>>
}
const rules: readonly Rule[] = spec.groups[0].rules
const queries: readonly { readonly title: string; readonly expr: string }[] = dashboard.panels.flatMap(
  ({ title, targets }: { title: string; targets: { expr: string }[] }) =>
    targets.map(({ expr }) => ({ title, expr })),
)

/** What is woken by and looked at, of the metrics that agents really serve. */
describe('the metrics that agents serve', () => {
  let series: readonly string[]
  beforeAll(async () => {
    series = await scrapeCluster()
  })

  test('every one that an alert or a panel names is there', () => {
    const served = new Set(series.map((line) => line.split('{')[0]))
    const named = [...rules, ...queries].flatMap(
      ({ expr }) => expr.match(/\b(hostdeps|process|nodejs)_\w+/g) ?? [],
    )
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((name) => !served.has(name))).toEqual([])
  })

  test('none has a label that Prometheus gives the series of a target', async () => {
    const own = (await scrapeOne('text/plain')).match(/(?<=[{,])[a-z]+(?==")/g) ?? []
    expect(own).toContain('check')
    const given = ['node', 'instance', 'job', 'namespace', 'pod', 'container', 'endpoint', 'service']
    expect(own.filter((label) => given.includes(label))).toEqual([])
  })

  test('every alert and every panel is tried below', () => {
    expect(rules.map(({ alert }) => alert)).toEqual(Object.keys(alerts))
    expect(queries.map(({ title }) => title)).toEqual(Object.keys(panels))
  })

  describe.skipIf(promtool === undefined)('Prometheus', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hostdeps-rules-'))
    const ruleFile = join(folder, 'rules.yaml')
    writeFileSync(ruleFile, stringify(spec))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    const run = (...args: string[]) => execa(promtool ?? '', args, { reject: false, all: true })
    /** Each line is as Prometheus scrapes it for an hour. */
    const tryAll = (lines: readonly string[], expected: object) => {
      const input_series = lines.map((line) => {
        const [, name, value] = /^(.*) (\S+)$/.exec(line) ?? []
        return { series: name, values: `${value}+0x60` }
      })
      const file = join(folder, 'tests.yaml')
      const tests = [{ interval: '1m', input_series, ...expected }]
      writeFileSync(file, JSON.stringify({ rule_files: [ruleFile], evaluation_interval: '1m', tests }))
      return run('test', 'rules', file)
    }

    test('finds nothing to mend in the metrics', async () => {
      const input = await scrapeOne('text/plain')
      const { exitCode, all } = await execa(promtool ?? '', ['check', 'metrics'], {
        input,
        reject: false,
        all: true,
      })
      expect([exitCode, all]).toEqual([0, ''])
    })

    test('accepts the rules', async () => {
      const { exitCode, all } = await run('check', 'rules', '--lint-fatal', ruleFile)
      expect([exitCode, all]).toEqual([0, expect.stringContaining(`SUCCESS: ${rules.length} rules found`)])
    })

    test('fires each alert when it should, and not earlier', async () => {
      const expected = rules
        .filter(({ alert }) => alert !== 'HostdepsGone')
        .flatMap(({ alert, annotations }) => [
          { eval_time: '2m', alertname: alert, exp_alerts: [] },
          { eval_time: '59m', alertname: alert, exp_alerts: firing(alert, annotations) },
        ])
      const gone = { eval_time: '59m', alertname: 'HostdepsGone', exp_alerts: [] }
      const { exitCode, all } = await tryAll(series, { alert_rule_test: [...expected, gone] })
      expect([exitCode, all]).toEqual([0, expect.stringContaining('SUCCESS')])
    })

    test('fires when there is no agent at all', async () => {
      const { alert = '', annotations = {} } = rules.find((one) => one.alert === 'HostdepsGone') ?? {}
      const gone = { eval_time: '59m', alertname: alert, exp_alerts: firing(alert, annotations) }
      const { exitCode, all } = await tryAll([], { alert_rule_test: [gone] })
      expect([exitCode, all]).toEqual([0, expect.stringContaining('SUCCESS')])
    })

    test('draws each panel', async () => {
      const expected = queries.map(({ title, expr }) => {
        const samples = panels[title] ?? asTheyAre(series, expr)
        const exp_samples = Object.entries(samples).map(([labels, value]) => ({ labels, value }))
        return { expr, eval_time: '59m', exp_samples }
      })
      const { exitCode, all } = await tryAll(series, { promql_expr_test: expected })
      expect([exitCode, all]).toEqual([0, expect.stringContaining('SUCCESS')])
    })
  })
})

function firing(alert: string, annotations: Rule['annotations']) {
  return (alerts[alert] ?? []).map(({ labels, summary }) => ({
    exp_labels: labels,
    exp_annotations: { ...filled(annotations, labels), summary },
  }))
}

function asTheyAre(series: readonly string[], expr: string): Readonly<Record<string, number>> {
  const name = expr.replace(/\{.*/, '')
  const own = series.filter((line) => line.startsWith(`${name}{`))
  return Object.fromEntries(own.map((line) => [line.replace(/ \S+$/, ''), Number(/\S+$/.exec(line)?.[0])]))
}

/** Annotations with the labels in their places. */
function filled(annotations: Rule['annotations'], labels: Readonly<Record<string, string>>) {
  const fill = (text: string) =>
    text.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => labels[name] ?? '')
  return Object.fromEntries(Object.entries(annotations).map(([name, text]) => [name, fill(text)]))
}
