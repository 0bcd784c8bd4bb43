import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ReportCheck } from '#agent/model/report.ts'
import { bundle } from '../../build.ts'
import { imageHeap } from '../setup/image-heap.ts'
import { startProgram, untilStatus } from '../hosts/cli.ts'

/** Both processes as the image has them, with custom checks whose texts are longer than anybody needs. */
const folder = mkdtempSync(join(tmpdir(), 'hostdeps-probe-'))
const main = join(folder, 'dist/agent/main.js')
const [round, own] = [join(folder, 'round.json'), join(folder, 'checks')]
let server: Awaited<ReturnType<typeof startProgram>>

const head = 'title: t\nwhy: w\n'
const note = (number: number) => `${number} ${'note '.repeat(95)}`.trim()
const needs = (count: number) =>
  Array.from(
    { length: count },
    (_, number) => `  - { binary: nope-${number}, fix: { all: { note: ${note(number)} } } }\n`,
  )
const good = { 'fifty-notes': needs(50), 'many-notes': needs(300) }
/** A hundred kilobytes in all; each of the thousand has the fix of all that it includes. */
const including = {
  base: needs(100),
  ...Object.fromEntries(
    Array.from({ length: 1_000 }, (_, number) => [`user-${number}`, ['  - check: base\n']]),
  ),
}
/** Some of them are a mistake, and then their words are long. */
const odd = {
  'long-name': [`  - binary: ${'a'.repeat(20_001)}\n`],
  'long-command': [`  - { binary: nope, fix: { all: { run: "echo ${'x'.repeat(21_000)}" } } }\n`],
  'long-version': [`  - kernelVersion: "${'9'.repeat(20_001)}"\n`],
  'wrong-needs': Array.from({ length: 35_000 }, () => '  - x\n'),
}

beforeAll(async () => {
  mkdirSync(own)
  await bundle(join(folder, 'dist'))
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each<[string, Readonly<Record<string, readonly string[]>>]>([
  ['as they may be', good],
  ['a thousand that include them', including],
  ...Object.entries(odd).map(([name, lines]): [string, Record<string, readonly string[]>] => [
    name,
    { [name]: lines },
  ]),
])('custom checks with long texts make no other check unknown: %s', async (_, checks) => {
  for (const [name, lines] of Object.entries(checks))
    writeFileSync(join(own, `${name}.yaml`), `${head}needs:\n${lines.join('')}`)
  const env = checks === good || checks === including ? { NODE_OPTIONS: imageHeap() } : {}
  const prober = execa(process.execPath, [main, 'probe', '--round', round, '--checks', own], {
    reject: false,
    env,
  })
  server = await startProgram([process.execPath, main, 'serve', '--round', round, '--port', '0'], env)
  try {
    // Where there is a mistake, /readyz says that.
    await untilStatus(`${server.url}/v1/checks/overlay`, 200)
    expect((await get('overlay')).state).not.toBe('unknown')
    if (checks === including) expect((await get('user-999')).findings[0]?.findings?.length).toBe(100)
    expect(await lengthOf('/v1/report')).toBeGreaterThan(100_000)
    if (checks !== good) return
    const fifty = await get('fifty-notes')
    expect(fifty.fix?.split('\n')).toEqual(Array.from({ length: 50 }, (_, number) => `# ${note(number)}`))
    const many = await get('many-notes')
    expect([many.state, many.findings.length]).toEqual(['missing', 300])
    expect(many.fix).toMatch(/^# 0 note[^]*\n# … \(\d+ more characters\)$/)
  } finally {
    prober.kill('SIGTERM')
    await Promise.all([prober, server.stop()])
    for (const place of [own, round]) rmSync(place, { recursive: true, force: true })
    mkdirSync(own)
  }
})

async function get(name: string): Promise<ReportCheck> {
  return (await (await fetch(`${server.url}/v1/checks/${name}`)).json()) as ReportCheck
}

async function lengthOf(path: string): Promise<number> {
  let length = 0
  for await (const chunk of (await fetch(server.url + path)).body ?? []) length += chunk.length
  return length
}
