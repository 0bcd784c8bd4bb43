import { Parser } from 'tap-parser'
import type { Result } from 'tap-parser'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Report } from '#agent/model/report.ts'
import { formats } from '#agent/render/formats.ts'
import { nagiosCodeOf, renderNagiosFailure } from '#agent/render/formats/nagios.ts'
import { makeReport, readyIscsi } from '../../http/report-fixture.ts'
import { readFeatures } from '../../install/readers/features.ts'
import { readNpdConfig } from '../../install/readers/npd-config.ts'
import { readPlugin } from '../../install/readers/plugin-output.ts'
import { readWorkflow } from '../../install/readers/workflow-commands.ts'
import { hostileReport, hostileTexts } from './hostile-report.ts'

const forPrograms = ['junit', 'tap', 'github', 'nagios', 'prometheus', 'nfd', 'npd'] as const
const bodies = makeReport()
const none: Report = { ...bodies, checks: [] }

/** The diff of a golden file is what users will see. */
test.each(forPrograms)('-o %s: a check of each state', async (name) => {
  const text = await formats[name](bodies)
  await expect(text).toMatchFileSnapshot(`golden/${name}.txt`)
  expect(text.endsWith('\n')).toBe(true)
})

test.each(forPrograms)('-o %s of no check', async (name) => {
  expect(await formats[name](none)).toMatchSnapshot()
})

describe.each(hostileTexts)('a host that says %j', (text) => {
  const report = hostileReport(text)

  test('tap: a test a check, whatever is in their texts', () => {
    const tests: Result[] = []
    const odd: unknown[] = []
    const parser = new Parser()
    parser.on('assert', (one) => tests.push(one))
    parser.on('extra', (line) => odd.push(line))
    parser.end(formats.tap(report))
    expect(odd).toEqual([])
    expect(parser.results).toMatchObject({ count: 5, pass: 3, fail: 2, skip: 1, todo: 0 })
    expect(tests.map(({ ok }) => ok)).toEqual([true, false, false, true, true])
    expect(tests[1]?.diag).toMatchObject({ severity: 'missing', reason: 'BinaryNotFound', message: text })
    const lines = (written: string) => written.split('\n').map((line) => line.trim())
    expect(lines(tests[1]?.diag.fix ?? '').filter(Boolean)).toEqual(
      lines(report.checks[1]?.fix ?? '').filter(Boolean),
    )
  })

  test('github: an annotation for each that is not ready, and no other command', () => {
    const { commands, others } = readWorkflow(formats.github(report))
    expect(commands.map(({ command }) => command)).toEqual(['error', 'warning', 'notice'])
    expect(commands[0]?.properties).toEqual({ title: `open-iscsi is missing on ${report.node}` })
    expect(commands[0]?.message.startsWith(`${text}\nmissing: ${text}`)).toBe(true)
    expect(commands[0]?.message).toContain(report.checks[1]?.fix?.split('\n').at(-1))
    expect(others).toEqual([
      'hostdeps: 1 missing, 1 unknown, 1 ready with a recommendation, 1 ready, 1 not applicable',
      '',
    ])
  })

  test('nagios: numbers that are read, and a fix only where nothing in it would be changed', () => {
    const { text: first, numbers, details } = readPlugin(formats.nagios(report))
    expect(first.startsWith('HOSTDEPS CRITICAL: 1 missing, 1 unknown, ')).toBe(true)
    expect(numbers).toMatchObject({ missing: { value: 1, crit: '0' }, recommended: { value: 1, warn: '0' } })
    const [, fix = ''] = details
    expect(fix.includes('hostdeps fix open-iscsi')).toBe(/[|`~$&'"<>\\]/.test(text))
  })

  test('nfd: labels alone', () => {
    const { labels, expiry } = readFeatures(formats.nfd(report))
    expect(Object.keys(labels)).toEqual(report.checks.map(({ name }) => `hostdeps.dev/${name}`))
    expect(new Set(Object.values(expiry))).toEqual(new Set(['2026-11-24T08:03:00Z']))
  })

  test('npd: nothing of the host', () => {
    expect(formats.npd(report)).toBe(formats.npd(bodies))
  })
})

test('nfd: the state that the Node has', () => {
  expect(readFeatures(formats.nfd(bodies)).labels).toMatchObject({
    'hostdeps.dev/open-iscsi': 'missing',
    'hostdeps.dev/nfs-client': 'ready',
    'hostdeps.dev/gpu': 'not-applicable',
  })
})

test('nfd: a file that would be dropped says what it leaves out', () => {
  const [check] = bodies.checks
  if (check === undefined) throw new Error('the fixture has no check')
  const checks = Array.from({ length: 5_000 }, (_, n) => ({ ...check, name: `check-${n}` }))
  const text = formats.nfd({ ...bodies, checks })
  const count = Object.keys(readFeatures(text).labels).length
  expect(count).toBeGreaterThan(1_500)
  expect(text).toContain(`# ${5_000 - count} checks are left out`)
})

test('npd: a config that it takes, by conditions that are no others of ours', () => {
  const { conditions, pluginConfig } = readNpdConfig(formats.npd(bodies), () => true)
  expect(conditions.map(({ type }) => type)).toEqual([
    'KubernetesNodeMissing',
    'OpenIscsiMissing',
    'NfsClientMissing',
    'TimeSyncMissing',
    'GpuMissing',
  ])
  for (const { message } of conditions)
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(Math.min(80, pluginConfig.max_output_length))
})

test('npd: the longest name has a condition and a message that fit', () => {
  const [check] = bodies.checks
  if (check === undefined) throw new Error('the fixture has no check')
  const text = formats.npd({ ...bodies, checks: [{ ...check, name: 'a'.repeat(56) }] })
  const { conditions } = readNpdConfig(text, () => true)
  expect(Buffer.byteLength(conditions[0]?.message ?? '')).toBeLessThanOrEqual(80)
})

describe('nagios', () => {
  const unknown = { 'open-iscsi': readyIscsi }
  const recommended = { ...unknown, 'nfs-client': { state: 'ready', reason: 'AllReady' } } as const
  const ready = { ...recommended, 'time-sync': { reason: 'AllReady' } } as const

  test.each([
    ['CRITICAL', 2, 'is missing, whatever is unknown', {}],
    ['UNKNOWN', 3, 'is unknown', unknown],
    ['WARNING', 1, 'is recommended', recommended],
    ['OK', 0, 'is ready', ready],
  ])('%s (%i) when something %s', (word, code, _, changes) => {
    const report = makeReport(changes)
    expect(readPlugin(formats.nagios(report)).text).toMatch(new RegExp(`^HOSTDEPS ${word}: `))
    expect(nagiosCodeOf(report)).toBe(code)
  })

  test('a thousand checks and long texts: the first line fits NRPE, the whole Nagios', () => {
    const checks = Array.from({ length: 200 }, () => bodies.checks).flat()
    const message = '€'.repeat(900)
    const report = { ...bodies, checks: checks.map((check) => ({ ...check, message })) }
    const { numbers, details } = readPlugin(formats.nagios(report))
    expect(numbers['missing']?.value).toBe(200)
    expect(details.at(-1)).toBe('...')
    expect(formats.nagios(report)).not.toContain('\ufffd')
  })

  test('what fails before anything is asked is one line', () => {
    expect(renderNagiosFailure('there is no | here\nnor there')).toBe(
      'HOSTDEPS UNKNOWN: there is no / here - nor there\n',
    )
  })
})

test('tap: its YAML is YAML', () => {
  const [, yaml = ''] = /\n {2}---\n([^]*?)\n {2}\.\.\.\n/.exec(formats.tap(bodies)) ?? []
  expect(parse(yaml.replaceAll(/^ {2}/gm, ''))).toMatchObject({
    severity: 'missing',
    fix: expect.stringMatching(/systemctl/),
  })
})
