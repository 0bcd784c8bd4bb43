import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadShipped } from '#agent/catalog/load.ts'
import type { Check } from '#agent/model/check.ts'
import { genericPatterns } from '#agent/symptoms/generic/generic-patterns.ts'
import { createMatcher } from '#agent/symptoms/matcher.ts'
import type { Matcher } from '#agent/symptoms/matcher.ts'
import { candidateLog, ordinaryLog } from './log-lines.ts'

/**
 * How fast `explain` reads, by processor time of one core, so that a busy machine tells the same; beside it one native RegExp of
 * all patterns, which hangs where a pattern is hostile, and grep. Aim: 50 MB/s of ordinary logs, 64 MiB of memory.
 */
const megabyte = 1e6
const checks = [...loadShipped().catalog.values()]
const patterns = [
  ...checks.flatMap(({ symptoms }) => symptoms.map(({ log }) => log)),
  ...genericPatterns.map(({ log }) => log),
]
const matcher = createMatcher(checks)
const isMemory = process.argv[2] === 'memory'
const ordinary = ordinaryLog((isMemory ? 1 : 32) * megabyte)

if (isMemory) memory()
else rates()

function rates(): void {
  console.log(`${patterns.length} patterns`)
  rate('ordinary logs', ordinary.length, () => read(matcher, ordinary))
  rate('  a native RegExp of all patterns, line by line', ordinary.length, nativeReader(ordinary))
  grep()
  const candidates = candidateLog(8 * megabyte)
  rate('each line holds a literal, none matches', candidates.length, () => read(matcher, candidates))
  const story = Buffer.from(
    'nsenter: failed to execute iscsiadm: No such file or directory\n'.repeat(100_000),
  )
  rate('each line matches', story.length, () => read(matcher, story))
  const oneLine = Buffer.alloc(100 * megabyte, 'nsenter: failed to execute and so on, ')
  rate('one line of 100 MB, with literals all along', oneLine.length, () => read(matcher, oneLine))
  const noise = Buffer.from(
    Array.from({ length: 16 * megabyte }, (_, index) => (index * 2_654_435_761) >>> 11),
  )
  rate('noise that is no UTF-8', noise.length, () => read(matcher, noise))
  const hostile = createMatcher([...checks, hostileCheck()])
  const bait = Buffer.from(`frobnicate ${'a'.repeat(10_000)}b\n`.repeat(100))
  rate('a pathological pattern, with its literal on each line of 10 KB', bait.length, () =>
    read(hostile, bait),
  )
  // In a process of its own, which has none of the garbage of the above.
  spawnSync(process.execPath, ['--expose-gc', import.meta.filename, 'memory'], { stdio: 'inherit' })
}

function read(by: Matcher, bytes: Buffer): void {
  const matching = by.open()
  for (let from = 0; from < bytes.length; from += 65_536) matching.push(bytes.subarray(from, from + 65_536))
  matching.end()
}

function rate(what: string, bytes: number, run: () => void): void {
  run()
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  console.log(`${what}: ${(bytes / (user + system)).toFixed(1)} MB/s`)
}

function nativeReader(bytes: Buffer): () => void {
  const all = new RegExp(patterns.map((log) => `(?:${log.replaceAll('(?P<name>', '(?:')})`).join('|'), 'm')
  return () => {
    for (const line of bytes.toString().split('\n')) all.test(line)
  }
}

/** Extended regular expressions know no \d and no groups that capture nothing. */
function grep(): void {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-bench-'))
  const toExtended = (log: string) =>
    log
      .replace(/\(\?(?:P<name>|:)/g, '(')
      .replace(/\[([^\]]*)\\d/g, '[$10-9')
      .replaceAll(String.raw`\d`, '[0-9]')
      .replace(/([*+?}])\?/g, '$1')
  writeFileSync(join(folder, 'patterns'), `${patterns.map(toExtended).join('\n')}\n`)
  writeFileSync(join(folder, 'log'), ordinary.subarray(0, 8 * megabyte))
  const argv = ['-c', 'time -p grep -a -c -E -f "$1/patterns" "$1/log"', 'bash', folder]
  const { stderr } = spawnSync('bash', argv, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  const [, user = 'none'] = /^user ([\d.]+)$/m.exec(stderr) ?? []
  console.log(
    Number(user) > 0
      ? `  grep -E -f: ${(8 / Number(user)).toFixed(1)} MB/s`
      : `  grep -E -f: ${stderr.trim()}`,
  )
  rmSync(folder, { recursive: true })
}

/** RE2 takes time linear in its size and the text; a backtracking engine takes all day. */
function hostileCheck(): Check {
  const symptom = {
    log: 'frobnicate (a|aa)+(a|a?){30}(a*)*c',
    means: 'never',
    need: null,
    source: null,
    unverified: null,
    isAmbiguous: false,
  }
  return {
    name: 'hostile',
    title: '',
    why: '',
    aliases: [],
    needs: [],
    containers: [],
    drivers: [],
    fix: null,
    symptoms: [symptom],
    sources: [],
    images: [],
    origin: 'custom',
  }
}

/** Of 1 GB that comes in pieces. The garbage of a run is part of what it takes. */
function memory(): void {
  globalThis.gc?.()
  const idle = process.memoryUsage().rss
  let most = idle
  const matching = matcher.open()
  for (let size = 0; size < 1000 * megabyte; size += ordinary.length) {
    for (let from = 0; from < ordinary.length; from += 65_536)
      matching.push(ordinary.subarray(from, from + 65_536))
    most = Math.max(most, process.memoryUsage().rss)
  }
  matching.end()
  console.log(`1 GB takes ${((most - idle) / 2 ** 20).toFixed(0)} MiB more than idle`)
}
