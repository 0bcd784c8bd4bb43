import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Report } from '#agent/model/report.ts'
import { hostdeps, startAgent } from '../hosts/cli.ts'
import { readFeatures } from '../install/readers/features.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-kept-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(['--textfile', '--nfd'])(
  'run %s into a folder that is not there ends at once, in a line',
  async (flag) => {
    const { exitCode, stderr } = await hostdeps('run', '--port', '0', flag, join(folder, 'nowhere'))
    expect([exitCode, stderr.split('\n')]).toEqual([
      2,
      [expect.stringMatching(`^${flag}: cannot write in this folder: ENOENT: .*nowhere`)],
    ])
  },
)

test('run keeps both files current, and leaves them when it ends', async () => {
  const config = join(folder, 'config.yaml')
  const watched = join(folder, 'watched')
  const checks = mkdtempSync(join(folder, 'checks-'))
  const kept = mkdtempSync(join(folder, 'kept-'))
  writeFileSync(config, 'checks: [mine]\ninterval: 10s\n')
  writeFileSync(join(checks, 'mine.yaml'), `title: Mine\nwhy: w\nneeds:\n  - file: ${watched}\n`)
  const agent = await startAgent('--config', config, '--checks', checks, '--textfile', kept, '--nfd', kept)
  const features = () => readFeatures(readFileSync(join(kept, 'hostdeps'), 'utf8'))
  const metrics = () => readFileSync(join(kept, 'hostdeps.prom'), 'utf8')
  try {
    await expect.poll(() => readdirSync(kept)).toEqual(['hostdeps', 'hostdeps.prom'])
    expect(features().labels).toEqual({ 'hostdeps.dev/mine': 'missing' })
    expect(metrics()).toContain('hostdeps_check_ready{check="mine"} 0\n')
    // Three intervals from when the round began.
    const { at } = (await (await fetch(`${agent.url}/v1/report`)).json()) as Report
    const [first] = Object.values(features().expiry)
    expect(Date.parse(first ?? '')).toBeLessThanOrEqual(Date.parse(at) + 30_000)
    writeFileSync(watched, '')
    await expect.poll(() => features().labels).toEqual({ 'hostdeps.dev/mine': 'ready' })
    await expect.poll(metrics).toContain('hostdeps_check_ready{check="mine"} 1\n')
    // Without a change too: each interval brings a new time.
    const [before] = Object.values(features().expiry)
    const { mtimeMs } = statSync(join(kept, 'hostdeps.prom'))
    await expect.poll(() => Object.values(features().expiry)[0]).not.toBe(before)
    await expect.poll(() => statSync(join(kept, 'hostdeps.prom')).mtimeMs).toBeGreaterThan(mtimeMs)
  } finally {
    await agent.stop()
  }
  expect(readdirSync(kept).filter((name) => !name.startsWith('.'))).toEqual(['hostdeps', 'hostdeps.prom'])
})
