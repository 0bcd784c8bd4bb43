import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { compareDebVersions } from '#agent/versions/deb.ts'
import type { Compare } from '#agent/versions/order.ts'
import { comparePacmanVersions } from '#agent/versions/pacman.ts'
import { compareRpmVersions, rpmvercmp } from '#agent/versions/rpm.ts'
import { hasProgram } from '../setup/has-program.ts'

/** Pairs against the real tools; more of them with PAIRS=100000. */
const count = Number(process.env['PAIRS'] ?? 10_000)
const hasPerl = hasProgram(['perl', '-MDpkg::Version', '-e', '1'], { shows: "dpkg's own order" })
const hasRpm = hasProgram(['rpm', '--version'], { shows: "rpm's own order" })

/** The library behind vercmp(8), which takes one pair a process. */
const alpm =
  "import ctypes, sys; order = ctypes.CDLL('libalpm.so.13').alpm_pkg_vercmp; [print(order(*line.encode().split())) for line in sys.stdin]"
const hasAlpm = hasProgram(['python3', '-c', alpm], { shows: "pacman's own order" })

test.runIf(hasAlpm)('pacman orders as we do', () => {
  const pieces = ['0', '1', '9', '10', '007', 'a', 'b', 'Z', '.', '.', '_', '+', '-', '1:']
  const pairs = randomPairs(
    pieces,
    (text) =>
      `1${text
        .replaceAll(/(?<!^\d*)1:/g, '1')
        .replaceAll(/-(?=.*-)/g, '.')
        .replace(/-$/, '')}`,
  )
  const { stdout } = spawnSync('python3', ['-c', alpm], {
    input: lines(pairs),
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
  expectSame(pairs, stdout, comparePacmanVersions)
})

const debPieces = ['0', '1', '9', '10', '007', 'a', 'b', 'Z', '~', '~', '+', '.', '-', '-']

test.runIf(hasPerl).each<[string, (text: string) => string]>([
  ['without epochs', () => ''],
  ['with epochs', epochOf],
])('dpkg orders as we do, %s', (_, epoch) => {
  const pairs = randomPairs(debPieces, (text) => `${epoch(text)}${`1${text}`.replace(/-+$/, '')}`)
  const program =
    'use Dpkg::Version; while (<STDIN>) { chomp; my ($a, $b) = split / /; print version_compare($a, $b), "\\n" }'
  const { stdout } = spawnSync('perl', ['-e', program], {
    input: lines(pairs),
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
  expectSame(pairs, stdout, compareDebVersions)
})

const rpmPieces = ['0', '1', '9', '10', '007', 'a', 'b', 'Z', '~', '^', '.', '_', '+']

test.runIf(hasRpm)('rpm orders as we do', () => {
  const pairs = randomPairs(rpmPieces, (text) => text)
  expectSame(pairs, askRpm(pairs), rpmvercmp)
})

test.runIf(hasRpm)('also with epochs and releases', () => {
  // A version and a release of the same pieces, which are often equal, so that what follows them counts.
  const pairs = randomPairs([...rpmPieces, '-', '-'], (text) => {
    const [version = '', ...rest] = text.split('-')
    return `${epochOf(text)}${/\d/.exec(version)?.[0] ?? '1'}${version.slice(-1)}-1${rest.join('')}`
  })
  expect(pairs.filter(([a]) => a.includes(':')).length).toBeGreaterThan(count / 10)
  expectSame(pairs, askRpm(pairs), compareRpmVersions)
})

/** A macro's text has a limit, so they are asked in parts. */
function askRpm(pairs: readonly [string, string][]): string {
  const parts = Array.from({ length: Math.ceil(pairs.length / 200) }, (_, index) =>
    pairs.slice(index * 200, index * 200 + 200),
  )
  const stdout = parts.map((part) => {
    const calls = part.map(([a, b]) => `print(rpm.vercmp('${a}','${b}') .. '\\n')`).join(' ')
    return spawnSync('rpm', ['--eval', `%{lua:${calls}}`], { encoding: 'utf8', maxBuffer: 1e8 }).stdout.trim()
  })
  return stdout.join('\n')
}

/** One or none, by the length of the text: half of them have none. */
function epochOf(text: string): string {
  return ['', '', '', '0:', '1:', '12:'][text.length % 6] ?? ''
}

function expectSame(pairs: readonly [string, string][], stdout: string, compare: Compare): void {
  const theirs = stdout
    .trim()
    .split('\n')
    .map((line) => Math.sign(Number(line)))
  expect(theirs).toHaveLength(pairs.length)
  const different = pairs.flatMap(([a, b], index) =>
    compare(a, b) === theirs[index] ? [] : [`${a} ${b}: ${compare(a, b)}, the tool says ${theirs[index]}`],
  )
  expect(different).toEqual([])
}

/** The same at each run: a generator of our own with a fixed seed (mulberry32). */
function randomPairs(pieces: readonly string[], shape: (text: string) => string): [string, string][] {
  let seed = 20_241
  const random = () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const version = () =>
    shape(
      Array.from(
        { length: 1 + Math.floor(random() * 6) },
        () => pieces[Math.floor(random() * pieces.length)],
      ).join(''),
    )
  return Array.from({ length: count }, () => [version(), version()])
}

function lines(pairs: readonly [string, string][]): string {
  return `${pairs.map((pair) => pair.join(' ')).join('\n')}\n`
}
