import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import type { Report } from '#agent/model/report.ts'
import { formats } from '#agent/render/formats.ts'
import { makeReport, readyIscsi } from '../http/report-fixture.ts'
import { hostileReport, hostileTexts } from '../render/formats/hostile-report.ts'
import { hasProgram } from '../setup/has-program.ts'

const hasProve = hasProgram(['prove', '--version'], { shows: 'that Perl reads -o tap' })

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-tap-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function prove(report: Report) {
  const file = join(folder, 'hostdeps.tap')
  writeFileSync(file, formats.tap(report))
  const argv = ['--verbose', '--exec', 'cat', file]
  return execa('prove', argv, { reject: false, all: true, env: { HARNESS_OPTIONS: '' } })
}

test.skipIf(!hasProve)(
  'prove: what is missing or unknown fails, and nothing in it is a mistake',
  async () => {
    const { exitCode, all } = await prove(makeReport())
    expect(all).toContain('Failed tests:  2-3')
    expect(all).not.toContain('Parse errors')
    expect(exitCode).toBe(1)
  },
)

test.skipIf(!hasProve)('prove: where all is ready, recommended or not applicable, all is well', async () => {
  const ready = { state: 'ready', reason: 'AllReady' } as const
  const { exitCode, all } = await prove(makeReport({ 'open-iscsi': readyIscsi, 'nfs-client': ready }))
  expect(all).toContain('All tests successful.')
  expect(all).toContain('ok 5 - gpu: GPU driver # SKIP does not apply here: arch is amd64, not arm64')
  expect(exitCode).toBe(0)
})

test.skipIf(!hasProve)('prove: no check is skipped', async () => {
  const { exitCode, all } = await prove({ ...makeReport(), checks: [] })
  expect([exitCode, all]).toEqual([0, expect.stringContaining('skipped: no checks')])
})

test.skipIf(!hasProve).each(hostileTexts)('prove: a host that says %j', async (text) => {
  const { all } = await prove(hostileReport(text))
  expect(all).toContain('Failed tests:  2-3')
  expect(all).not.toMatch(/Parse errors|TODO passed/)
})
