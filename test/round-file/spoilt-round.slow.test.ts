import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { afterAll, describe, expect, test } from 'vitest'
import { closure } from '#agent/model/closure.ts'
import { largestRound } from '#agent/model/bounds.ts'
import { settle } from '#agent/model/settle.ts'
import { stateOf } from '#agent/model/reason.ts'
import { noMemory, readRound } from '#agent/round-file/read.ts'
import { includedNames } from '#agent/round-file/stored-check.ts'
import type { StoredCheck } from '#agent/round-file/stored-check.ts'
import { writeText } from '#agent/round-file/write.ts'
import { imageHeap } from '../setup/image-heap.ts'
import { anyRound } from './any-round.ts'
import { anySeed, chanceOf } from './chance.ts'
import type { Chance } from './chance.ts'

const seed = anySeed()
const folder = mkdtempSync(join(tmpdir(), 'hostdeps-spoilt-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The lines of a round of some checks; the first is the frame, the last its end. */
function linesOf(chance: Chance): string[] {
  return writeText(anyRound(chance, 8)).text.split('\n')
}

test(`bytes that are changed by chance never throw (SEED=${seed})`, { timeout: 300_000 }, () => {
  const counts = { rounds: 0, unusable: 0, unknown: 0 }
  for (let number = 0; number < 1_000; number++) {
    const chance = chanceOf(seed + number)
    const bytes = Buffer.from(linesOf(chance).join('\n'))
    const read = readRound(spoil(chance, bytes), noMemory)
    const hint = `SEED=${seed + number}, the first case`
    if (!('round' in read)) {
      counts.unusable++
      expect(read.unusable.length, hint).toBeLessThanOrEqual(500)
      continue
    }
    counts.rounds++
    settle(null, read.round, 'n')
    for (const { name, state, reason } of read.round.checks) {
      expect(name, hint).toMatch(/^[a-z0-9-]{1,56}$/)
      expect(stateOf(reason), hint).toBe(state)
      if (reason === 'ResultUnusable') counts.unknown++
    }
  }
  console.log(`SEED=${seed}: ${JSON.stringify(counts)}`)
  expect(Math.min(counts.rounds, counts.unusable)).toBeGreaterThan(100)
})

function spoil(chance: Chance, bytes: Buffer): Buffer {
  const parts = Array.from({ length: 1 + chance.below(3) }, () => chance.below(bytes.length)).toSorted(
    (a, b) => a - b,
  )
  const [from = 0, to = from] = parts
  switch (chance.below(5)) {
    case 0:
      for (const at of parts) bytes[at] = chance.below(256)
      return bytes
    case 1:
      return bytes.subarray(0, from)
    case 2:
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
    case 3:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)])
    default: {
      const lines = bytes.toString().split('\n')
      lines.splice(
        chance.below(lines.length),
        0,
        chance.pick([...lines, '', ',', '{}', 'null', '[]', '{"name":"x"}']),
      )
      return Buffer.from(lines.join('\n'))
    }
  }
}

/** By the name of a check, those that it includes: with one of them it may become larger than a check may be. */
function includedBy(lines: readonly string[]): (name: string) => readonly string[] {
  const checks = lines.slice(1, -1).map((line): StoredCheck => JSON.parse(line.replace(/,$/, '')))
  return (name) => checks.flatMap((check) => (check.name === name ? includedNames(check.findings) : []))
}

test(`a damaged check damages no other that does not include it (SEED=${seed})`, { timeout: 300_000 }, () => {
  const counts = { unknown: 0, other: 0 }
  for (let number = 0; number < 1_000; number++) {
    const chance = chanceOf(seed + number)
    const hint = `SEED=${seed + number}, the first case`
    const lines = linesOf(chance)
    if (lines.length < 4) continue
    const before = readRound(Buffer.from(lines.join('\n')), noMemory)
    const at = 1 + chance.below(lines.length - 2)
    const text = lines[at] ?? ''
    const name = String(JSON.parse(text.replace(/,$/, '')).name)
    const included = includedBy(lines)
    lines[at] = `${spoilCheck(chance, text.replace(/,$/, ''))}${text.endsWith(',') ? ',' : ''}`
    const after = readRound(Buffer.from(lines.join('\n')), noMemory)
    if (!('round' in before) || !('round' in after))
      throw new Error(`${hint}: ${JSON.stringify(after).slice(0, 500)}`)
    const found = new Map(after.round.checks.map((check) => [check.name, check]))
    for (const { name: other, state, reason, message, fix } of before.round.checks)
      if (!closure([other], included).has(name))
        expect(found.get(other), hint).toMatchObject({ state, reason, message, fix })
    if (found.get(name)?.reason === 'ResultUnusable') counts.unknown++
    else counts.other++
  }
  console.log(`SEED=${seed}: ${JSON.stringify(counts)}`)
  expect(counts.unknown).toBeGreaterThan(500)
})

/** Some value in it becomes another; or it is cut, or no JSON. Its name stays. */
function spoilCheck(chance: Chance, text: string): string {
  if (chance.is(0.1)) return text.slice(0, text.indexOf(',') + 1 + chance.below(text.length))
  const check = JSON.parse(text)
  const keys = Object.keys(check).filter((key) => key !== 'name')
  let place = check
  let key: string | number = chance.pick(keys)
  while (typeof place[key] === 'object' && place[key] !== null && chance.is(0.7)) {
    const inner: string[] = Object.keys(place[key])
    if (inner.length === 0) break
    place = place[key]
    key = chance.pick(inner)
  }
  place[key] = chance.pick<unknown>([
    null,
    7,
    -1,
    true,
    [],
    {},
    'x'.repeat(60_000),
    [[[]]],
    nested(5_000),
    check.name,
  ])
  if (chance.is(0.1)) check[chance.pick(['constructor', 'evil', 'toString', 'x'.repeat(50_000)])] = 1
  return JSON.stringify(check)
}

function nested(depth: number): unknown {
  let inner: unknown = []
  for (let level = 0; level < depth; level++) inner = [inner]
  return inner
}

/** The whole file is of one shape, as large as it may be. */
describe("with the image's heap limit, the reader survives", () => {
  const [head = '', first = ''] = writeText(anyRound(chanceOf(7), 3)).text.split('\n')
  const fill = (text: string) => text.repeat(Math.floor((largestRound - 50_000) / text.length))
  const frame = (lines: string) => `${head}\n${lines}\n]}`
  const check = (findings: string) => {
    const words = '"title":"t","why":"w","state":"missing","reason":"BinaryNotFound","message":"m","fix":null'
    return `{"name":"x",${words},"findings":${findings}}`
  }
  const finding = (evidence: string) =>
    `{"need":"n","kind":"k","state":"missing","reason":"BinaryNotFound","message":"m","evidence":${evidence},"why":"","fix":null,"recommended":false}`
  const shapes: Readonly<Record<string, string>> = {
    'open brackets': fill('['),
    brackets: frame(`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`),
    'a frame of brackets': `{"v":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`,
    'line ends': frame(fill('\n')),
    commas: frame(fill(',\n')),
    'empty checks': frame(fill('{},\n')),
    'checks with a name alone': frame(fill('{"name":"x"},\n')),
    'checks on one line': `${head}${fill('{"name":"x"},')}null]}`,
    'the same check': frame(fill(`${first}\n`)),
    'zeros for evidence': frame(check(`[${finding(`[${fill('0,')}0]`)}]`)),
    'zeros for findings': frame(check(`[${fill('0,')}0]`)),
    'findings with wrong evidence': frame(check(`[${fill(`${finding('[0,0,0,0,0,0,0,0]')},`)}0]`)),
    'findings in findings': frame(check(`${'[{"findings":'.repeat(200_000)}[]${'}]'.repeat(200_000)}`)),
    keys: frame(`{${Array.from({ length: 250_000 }, (_, n) => `"k${n}":1`).join(',')}}`),
    aliases: frame('').replace(
      /"aliases":\{[^}]*\}/,
      `"aliases":{${Array.from({ length: 200_000 }, (_, n) => `"a${n}":0`).join(',')}}`,
    ),
    'published zeros': frame('').replace(
      /"checks":\[[^\]]*\],"interval"/,
      `"checks":[${fill('0,')}0],"interval"`,
    ),
    'mistakes of zeros': frame('').replace(/"mistakes":\[[^\]]*\]/, `"mistakes":[${fill('0,')}0]`),
    'a key for a frame': `{"v":1,"${fill('k')}":1}`,
    'a chain of checks': frame(
      Array.from({ length: 12_000 }, (_, n) =>
        check(`[{"need":"n","kind":"check","takes":"c${n}","recommended":false}]`).replace(
          '"x"',
          `"c${n + 1}"`,
        ),
      ).join(',\n'),
    ),
  }

  test.each(Object.entries(shapes))('%s', { timeout: 120_000 }, (_, text) => {
    const path = join(folder, 'round.json')
    writeFileSync(path, text)
    const module = new URL('../../agent/round-file/file.ts', import.meta.url).href
    const script = `const { openRoundFile } = await import(${JSON.stringify(module)}); const read = openRoundFile(${JSON.stringify(path)}); read(); const now = read(); console.log(JSON.stringify('round' in now ? { checks: now.round.checks.length, faults: now.faults } : now))`
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: imageHeap() },
    })
    console.log(said.slice(0, 200))
    expect(said.length).toBeLessThan(7_000)
  })
})
