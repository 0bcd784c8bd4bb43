import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import type { Report } from '#agent/model/report.ts'
import { formats } from '#agent/render/formats.ts'
import { makeReport } from '../http/report-fixture.ts'
import { hostileReport, hostileTexts } from '../render/formats/hostile-report.ts'
import { debianPython } from '../setup/pip-packages.ts'
import { hasProgram } from '../setup/has-program.ts'

const schema = new URL('junit.xsd', import.meta.url).pathname
const junitparser = process.env['HOSTDEPS_TEST_JUNITPARSER']
const hasXmllint = hasProgram(['xmllint', '--version'], { shows: 'that -o junit is what readers take' })
const reports: readonly (readonly [string, Report])[] = [
  ['a check of each state', makeReport()],
  ['no check', { ...makeReport(), checks: [] }],
  ['a node whose name has points', { ...makeReport(), node: 'ip-10-0-0-1.ec2.internal' }],
  ...hostileTexts.map((text) => [`a host that says ${JSON.stringify(text)}`, hostileReport(text)] as const),
]

describe.skipIf(!hasXmllint)('-o junit, by xmllint', () => {
  const lint = (input: string) =>
    execa('xmllint', ['--noout', '--nonet', '--schema', schema, '-'], { input, reject: false, all: true })

  test.each(reports)('%s', async (_, report) => {
    const { exitCode, all } = await lint(formats.junit(report))
    expect([exitCode, all]).toEqual([0, '- validates'])
  })

  test.each([
    [/ time="0.012"/, ' time="0.01234"', 'more decimals'],
    [/<skipped>/, '<skipped message="x">', 'an attribute of skipped'],
    [/ package="hostdeps"/, '', 'no package'],
    [/&lt;script/, '<script', 'a text that is markup'],
    [/T08:00:00"/, 'T08:00:00Z"', 'a time with a zone'],
  ])('%s -> %s is refused: %s', async (from, to) => {
    const text = formats.junit(makeReport())
    expect(text).toMatch(from)
    expect((await lint(text.replace(from, to))).exitCode).not.toBe(0)
  })
})

/** What it says of each test, and of the suite. */
const reader = `
import json, sys
from junitparser import JUnitXml
suites = []
for suite in JUnitXml.fromstring(sys.stdin.buffer.read()):
    cases = [[case.name, [[type(one).__name__, one.message, one.text] for one in case.result]] for case in suite]
    suites.append({'name': suite.name, 'counts': [suite.tests, suite.failures, suite.errors, suite.skipped], 'cases': cases})
json.dump(suites, sys.stdout)
`

describe.skipIf(junitparser === undefined)('-o junit, by junitparser', () => {
  const read = async (report: Report) => {
    const { stdout } = await execa(debianPython, ['-c', reader], {
      input: formats.junit(report),
      env: { PYTHONPATH: junitparser ?? '', PYTHONIOENCODING: 'utf-8' },
    })
    return JSON.parse(stdout)
  }

  test('a check is a test: missing fails, unknown is an error, not applicable is skipped', async () => {
    expect(await read(makeReport())).toEqual([
      {
        name: 'worker-1',
        counts: [5, 1, 1, 1],
        cases: [
          ['kubernetes-node', []],
          [
            'open-iscsi',
            [
              [
                'Failure',
                "iscsiadm is not on the host's PATH (and 1 more)",
                expect.stringContaining('\n  apt-get update && apt-get install -y open-iscsi\n'),
              ],
            ],
          ],
          ['nfs-client', [['Error', 'no permission to check /etc/nfs.conf: EACCES', expect.any(String)]]],
          ['time-sync', []],
          ['gpu', [['Skipped', null, 'does not apply here: arch is amd64, not arm64']]],
        ],
      },
    ])
  })

  test.each(hostileTexts)('%j comes back as it was', async (text) => {
    const [{ cases }] = await read(hostileReport(text))
    const kept = text.replace('\ufffe', '\ufffd')
    const [, [[, message, body]]] = cases[1]
    expect(message).toBe(kept)
    expect(body).toContain(`\n  ${kept} end`.trimStart())
  })
})
