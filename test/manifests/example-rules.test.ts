import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, describe, expect, test } from 'vitest'
import { formats } from '#agent/render/formats.ts'
import { makeReport } from '../http/report-fixture.ts'

const promtool = process.env['HOSTDEPS_TEST_PROMTOOL']
const rules = new URL('../../examples/prometheus-rules.yaml', import.meta.url).pathname
const text = (await formats.prometheus(makeReport())).split('\n').filter((line) => /^\w/.test(line))

/** The file as node_exporter on a machine serves it. */
function served(instance: string): string[] {
  const target = `job="node",instance="${instance}"`
  return text.map((line) => line.replace(/^(\w+)(?:\{(.*)\})? /, `$1{${target},$2} `).replace(',}', '}'))
}

const modified = (instance: string, file: string) =>
  `node_textfile_mtime_seconds{job="node",instance="${instance}",file="${file}"}`
const condition = (node: string, type: string, status: string) =>
  `kube_node_status_condition{node="${node}",condition="${type}",status="${status}"}`

/** A minute a value. On "old" nobody writes the file after the first; the agent of "scraped" is another job. */
const series = [
  ...[...served('new'), ...served('old')].map((line) => {
    const [, name, value] = /^(.*) (\S+)$/.exec(line) ?? []
    return { series: name, values: `${value}+0x60` }
  }),
  { series: modified('new', '/var/lib/node_exporter/hostdeps.prom'), values: '0+60x60' },
  { series: modified('old', 'hostdeps.prom'), values: '0+0x60' },
  { series: modified('other', '/var/lib/node_exporter/not-hostdeps.prom'), values: '0+0x60' },
  {
    series: 'hostdeps_check_state{job="hostdeps",instance="scraped",check="gpu",state="missing"}',
    values: '1+0x60',
  },
  ...[
    [condition('a', 'hostdeps.dev/OpenIscsiReady', 'false'), 1],
    [condition('a', 'hostdeps.dev/OpenIscsiReady', 'true'), 0],
    [condition('b', 'hostdeps.dev/OpenIscsiReady', 'false'), 0],
    [condition('b', 'hostdeps.dev/NfsClientReady', 'unknown'), 1],
    // Of node-problem-detector, by "check -o npd": False is well.
    [condition('b', 'OpenIscsiMissing', 'false'), 1],
    [condition('b', 'DiskPressure', 'false'), 1],
  ].map(([series, value]) => ({ series, values: `${value}+0x60` })),
]

const expected = [
  { alertname: 'HostdepsTextfileStale', eval_time: '5m', exp_alerts: [] },
  {
    alertname: 'HostdepsTextfileStale',
    eval_time: '8m',
    exp_alerts: [
      {
        exp_labels: { severity: 'warning', job: 'node', instance: 'old', file: 'hostdeps.prom' },
        exp_annotations: {
          summary: 'hostdeps on old does not write its file any more',
          description:
            'What it says may not be true any more. See whether "hostdeps run" runs there, and its log.',
        },
      },
    ],
  },
  { alertname: 'HostdepsHostMissing', eval_time: '9m', exp_alerts: [] },
  {
    alertname: 'HostdepsHostMissing',
    eval_time: '30m',
    exp_alerts: [
      {
        exp_labels: {
          severity: 'warning',
          job: 'node',
          instance: 'new',
          check: 'open-iscsi',
          state: 'missing',
        },
        exp_annotations: {
          summary: 'new is missing what open-iscsi needs',
          description: '"hostdeps check open-iscsi" there shows the command that fixes it.',
        },
      },
    ],
  },
  { alertname: 'HostdepsConditionFalse', eval_time: '9m', exp_alerts: [] },
  {
    alertname: 'HostdepsConditionFalse',
    eval_time: '30m',
    exp_alerts: [
      {
        exp_labels: {
          severity: 'warning',
          node: 'a',
          condition: 'hostdeps.dev/OpenIscsiReady',
          status: 'false',
        },
        exp_annotations: {
          summary: 'hostdeps.dev/OpenIscsiReady is False on a: its host is missing something',
          description: 'kubectl describe node a shows the command that fixes it.',
        },
      },
    ],
  },
  { alertname: 'HostdepsConditionUnknown', eval_time: '29m', exp_alerts: [] },
  {
    alertname: 'HostdepsConditionUnknown',
    eval_time: '31m',
    exp_alerts: [
      {
        exp_labels: {
          severity: 'warning',
          node: 'b',
          condition: 'hostdeps.dev/NfsClientReady',
          status: 'unknown',
        },
        exp_annotations: {
          summary: 'hostdeps.dev/NfsClientReady is Unknown on b',
          description: 'kubectl describe node b says why.',
        },
      },
    ],
  },
]

describe.skipIf(promtool === undefined)('examples/prometheus-rules.yaml, by promtool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-example-rules-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const run = (...args: string[]) => execa(promtool ?? '', args, { reject: false, all: true })

  test('is what Prometheus reads', async () => {
    const { exitCode, all } = await run('check', 'rules', '--lint-fatal', rules)
    expect([exitCode, all]).toEqual([0, expect.stringContaining('SUCCESS: 4 rules found')])
  })

  test('each fires when it should, for what it should, and not earlier', async () => {
    const file = join(folder, 'tests.yaml')
    const tests = [{ interval: '1m', input_series: series, alert_rule_test: expected }]
    writeFileSync(file, JSON.stringify({ rule_files: [rules], evaluation_interval: '1m', tests }))
    const { exitCode, all } = await run('test', 'rules', file)
    expect([exitCode, all]).toEqual([0, expect.stringContaining('SUCCESS')])
  })
})
