import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { Round } from '#agent/model/report.ts'
import { hostdeps, startServe } from '../hosts/cli.ts'
import { main } from '../hostdeps-main.ts'

/** What one alias of nothing, and the like, does to each command. */
const folder = mkdtempSync(join(tmpdir(), 'hostdeps-hostile-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const head = 'title: t\nwhy: w\nneeds:\n'
const evils: readonly [what: string, text: string, line: number][] = [
  ['an alias of nothing', 'title: t\nwhy: *nope\nneeds: [{ binary: x }]\n', 2],
  ['needs that hold themselves', 'title: t\nwhy: w\nneeds: &n [{ anyOf: *n }]\n', 3],
  ['anyOf in anyOf, 400 deep', `${head}  - ${'{anyOf: ['.repeat(400)}{binary: x}${']}'.repeat(400)}\n`, 4],
  ['a path of 8,000 folders', `${head}  - disk: { path: ${'/a'.repeat(8_000)}, free: 1% }\n`, 4],
]

describe.each(evils)('%s', (what, text, line) => {
  const checks = join(folder, what)
  const file = join(checks, 'evil.yaml')
  mkdirSync(checks)
  writeFileSync(file, text)

  test('is an error for a person', async () => {
    for (const words of [
      ['check', 'overlay', '--checks', checks],
      ['checks', 'list', '--checks', checks],
      ['checks', 'lint', file],
    ]) {
      const run = await hostdeps(...words)
      expect([run.exitCode, run.stderr.split('\n')[0]]).toEqual([
        2,
        expect.stringContaining(`${file}:${line}: `),
      ])
      expect(run.stderr).not.toContain('hostdeps failed')
    }
  })

  test('is reported by a prober that starts with it, and by one that runs', async () => {
    const own = mkdtempSync(join(folder, 'probe-'))
    writeFileSync(join(own, 'evil.yaml'), text)
    const round = join(own, 'round.json')
    let isOver = false
    const prober = execa(process.execPath, [main, 'probe', '--round', round, '--checks', own], {
      reject: false,
      all: true,
    })
    void prober.then(() => (isOver = true))
    const tellsMistakes = (count: number) =>
      vi.waitFor(() => expect(roundOf(round)?.settings.mistakes).toHaveLength(count), 50_000)
    try {
      await tellsMistakes(1)
      rmSync(join(own, 'evil.yaml'))
      writeFileSync(join(own, 'good.yaml'), `${head}  - binary: sh\n`)
      await tellsMistakes(0)
      writeFileSync(join(own, 'evil.yaml'), text)
      await tellsMistakes(1)
      const names = roundOf(round)?.checks.map(({ name }) => name)
      expect(names).toContain('good')
      expect(names).toContain('open-iscsi')
      expect(isOver).toBe(false)
    } finally {
      prober.kill('SIGTERM')
      await prober
    }
  })
})

test('serve starts with the valid part of a config with an alias without an anchor', async () => {
  const config = join(folder, 'config.yaml')
  writeFileSync(config, 'checks: *nope\n')
  const server = await startServe('--round', join(folder, 'none.json'), '--config', config, '--port', '0')
  const { all } = await server.stop()
  expect(all).toContain('config.yaml:1: *nope is an alias without an anchor')
  const run = await hostdeps('check', '--config', config)
  expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining('config.yaml:1: *nope')])
})

test('invisible characters reach neither a command nor a terminal', async () => {
  const checks = join(folder, 'turned')
  mkdirSync(checks)
  const text = `${head}  - file: /nowhere\nfix: { all: { run: "apt-get install -y foo\\u202E; rm -rf /\\e[1A\\e[2Kb" } }\n`
  writeFileSync(join(checks, 'e\u202evil.yaml'), text)
  for (const words of [
    ['check', '--all'],
    ['checks', 'show', 'overlay'],
  ]) {
    const run = await hostdeps(...words, '--checks', checks)
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toContain('fix.all.run: contains U+202E')
    expect(run.stderr).not.toMatch(/[\u202e\u001b]/)
  }
})

function roundOf(file: string): Round | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Round
  } catch {
    return null
  }
}
