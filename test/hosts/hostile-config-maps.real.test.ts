import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { checkNameOf } from '#agent/catalog/check-file.ts'
import { readShipped } from '#agent/catalog/load.ts'
import type { Round } from '#agent/model/report.ts'
import { bundle } from '../../build.ts'
import { fullMaps, hostileMaps } from '../catalog/hostile-maps.ts'
import type { HostileMap } from '../catalog/hostile-maps.ts'
import { imageHeap, memoryLimit } from '../setup/image-heap.ts'

/** Whatever stands in the ConfigMaps, up to their limit of 1 MiB: a prober with the image's heap goes on, and asks for what is shipped. */
const folder = mkdtempSync(join(tmpdir(), 'hostdeps-hostile-maps-'))
const main = join(folder, 'dist/agent/main.js')
const env = { NODE_OPTIONS: imageHeap() }
const shipped = readShipped().map(({ file }) => checkNameOf(file))
const maps = { ...hostileMaps, ...fullMaps }

beforeAll(() => bundle(join(folder, 'dist')), 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let versions = 0

/** Puts files where the links of the folder lead, as the kubelet does it: all of them at once. */
function turn(place: string, { config = '', checks = {} }: HostileMap): void {
  const version = join(place, `..${versions++}`)
  mkdirSync(join(version, 'checks'), { recursive: true })
  writeFileSync(join(version, 'config.yaml'), config)
  for (const [name, text] of Object.entries(checks))
    writeFileSync(join(version, 'checks', `${name}.yaml`), text)
  symlinkSync(version, join(place, 'next'))
  renameSync(join(place, 'next'), join(place, 'now'))
}

function startProbe(map: HostileMap) {
  const place = mkdtempSync(join(folder, 'maps-'))
  turn(place, map)
  const round = join(place, 'round.json')
  const lastRound = roundsOf(round)
  const files = ['--checks', join(place, 'now/checks'), '--config', join(place, 'now/config.yaml')]
  const started = performance.now()
  const prober = execa(process.execPath, [main, 'probe', '--round', round, ...files], {
    reject: false,
    all: true,
    env,
  })
  let [ended, reads]: [string | null, number] = [null, 0]
  prober.all.on('data', (lines: Buffer) => {
    reads += lines.toString().match(/config or checks are invalid|have changed and are in use/g)?.length ?? 0
  })
  void prober.then(({ exitCode, signal, all }) => (ended = `${exitCode ?? signal}: ${all.slice(-1_000)}`))
  return {
    /** Milliseconds since it was started. */
    age: () => performance.now() - started,
    turn: (next: HostileMap) => turn(place, next),
    /** How often it told that it read the files, at its start only where they had mistakes. */
    reads: () => reads,
    /** The first round for which something holds; that the prober ended is told at once. */
    async until(holds: (round: Round) => boolean): Promise<Round> {
      const found = await vi.waitUntil(
        () => {
          if (ended !== null) return ended
          const now = lastRound()
          return now !== null && holds(now) ? now : false
        },
        { timeout: 110_000, interval: 20 },
      )
      if (typeof found === 'string') throw new Error(`the prober ended: ${found}`)
      return found
    },
    /** MiB. */
    peak: () =>
      Math.round(
        Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${prober.pid}/status`, 'utf8'))?.[1]) / 1_024,
      ),
    async stop() {
      prober.kill('SIGKILL')
      await prober
      rmSync(place, { recursive: true, force: true })
    },
  }
}

/** What is in the file by now, parsed once: some rounds are as large as they may be, and are looked at fifty times a second. */
function roundsOf(file: string): () => Round | null {
  let [text, round]: [string, Round | null] = ['', null]
  return () => {
    try {
      const now = readFileSync(file, 'utf8')
      if (now !== text) [text, round] = [now, JSON.parse(now) as Round]
      return round
    } catch {
      return null
    }
  }
}

/** Those that are shipped and have an answer. */
function shippedIn({ checks }: Round): readonly string[] {
  const answered = checks.filter(({ findings }) => findings.length > 0).map(({ name }) => name)
  return shipped.filter((name) => answered.includes(name))
}

describe('a prober that starts', () => {
  let usual = 0
  beforeAll(async () => {
    const prober = startProbe({})
    await prober.until(() => true)
    usual = prober.age()
    await prober.stop()
  }, 120_000)

  test.each(Object.entries(maps))('with %s asks for all that is shipped', async (_, make) => {
    const prober = startProbe(make())
    try {
      const round = await prober.until(() => true)
      const delay = Math.round(prober.age() - usual)
      expect(shippedIn(round)).toEqual(shipped)
      console.log(
        `the shipped checks' first round comes ${delay} ms later; the prober takes ${prober.peak()} MiB at most`,
      )
      expect(prober.peak()).toBeLessThan(memoryLimit('prober'))
    } finally {
      await prober.stop()
    }
  })
})

test('a prober that runs outlives all of them, one after the other', { timeout: 900_000 }, async () => {
  const prober = startProbe({})
  const mark = (at: number | string) => ({ [`mark-${at}`]: 'title: t\nwhy: w\nneeds: [{ binary: sh }]\n' })
  try {
    // What is full comes twice, between what is wrong: what is in use stays while the next is read.
    const all = [...Object.entries(fullMaps), ...Object.entries(hostileMaps), ...Object.entries(fullMaps)]
    for (const [at, [name, make]] of all.entries()) {
      const { boot } = await prober.until(() => true)
      const [turned, reads] = [performance.now(), prober.reads()]
      prober.turn(make())
      const round = await prober.until((now) => prober.reads() > reads && now.boot !== boot)
      expect(shippedIn(round), name).toEqual(shipped)
      console.log(
        `${name}: the next round comes ${Math.round(performance.now() - turned)} ms after it is written`,
      )
      if (at % 10 !== 9) continue
      prober.turn({ checks: mark(at) })
      await prober.until(({ checks }) => checks.some((check) => check.name === `mark-${at}`))
    }
    prober.turn({ checks: mark('last') })
    await prober.until(
      ({ checks, settings }) =>
        settings.mistakes.length === 0 && checks.some(({ name }) => name === 'mark-last'),
    )
    console.log(`the prober takes ${prober.peak()} MiB at most`)
    expect(prober.peak()).toBeLessThan(memoryLimit('prober'))
  } finally {
    await prober.stop()
  }
})
