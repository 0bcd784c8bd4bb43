import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { matchesName } from '#agent/needs/modules/module-glob.ts'

test.each([
  ['nfs', 'nfs', true],
  ['dm-crypt', 'dm_crypt', true],
  ['nf*', 'nfs', true],
  ['*', 'nfs', true],
  ['**s', 'nfs', true],
  ['n?s', 'nfs', true],
  ['n?', 'nfs', false],
  ['usb[9-0]*', 'usb5', false],
  ['usb[0-9]*', 'usb5x', true],
  ['usb[!0-9]', 'usbx', true],
  ['usb[^0-9]', 'usb5', false],
  ['[a-]x', 'ax', true],
  ['a-[x-z]-*', 'a_y_b', true],
  ['a[-]b', 'a_b', false],
  ['[[:digit:]-z]x', 'zx', false],
  ['u[sb', 'u[sb', false],
  ['u]sb', 'u]sb', false],
  [String.raw`n\fs`, 'nfs', true],
  ['*a*b*c', 'xaxbxc', true],
  ['*a*b*c', 'xaxcxb', false],
  ['*aab', 'aaab', true],
])('%s for %s: %s', (pattern, name, wanted) => {
  expect(matchesName(pattern, name)).toBe(wanted)
})

/** Patterns of a few characters that mean something, so that many of them match something. */
const pieces = [
  '*',
  '*',
  '?',
  'a',
  'b',
  'ab',
  '-',
  '_',
  '1',
  '[a-c]',
  '[!a]',
  '[^1-9]',
  '[9-0]',
  '[b-]',
  '[_-b]',
  '[',
  ']',
  '[]a]',
  '\\a',
  '\\',
  '[a-c-1]',
  '[--0]',
  '[[:digit:]',
  '!',
]
const names = [
  'a',
  'b',
  'ab',
  'ba',
  'a_b',
  'abc',
  '1',
  'a1',
  'b_1',
  'aab',
  'aaab',
  'abab',
  'ab_ab',
  '_',
  '111',
  'cab',
]

describe('as modprobe itself does it, on 4,000 random patterns', () => {
  const isThere = spawnSync('modprobe', ['--version']).status === 0
  if (!isThere) console.warn('modprobe is not here: our patterns are not held against its own')
  const folder = mkdtempSync(join(tmpdir(), 'globs-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test.skipIf(!isThere)('by its aliases', () => {
    const random = randomNumbers(7)
    // modprobe drops backslashes where it reads the file.
    const plain = pieces.filter((piece) => !piece.includes('\\'))
    const piece = () => plain[Math.floor(random() * plain.length)] ?? ''
    const patterns = Array.from({ length: 4000 }, () =>
      Array.from({ length: 1 + Math.floor(random() * 6) }, piece).join(''),
    )
    mkdirSync(join(folder, 'conf'))
    writeFileSync(
      join(folder, 'conf', 'x.conf'),
      patterns.map((pattern, index) => `alias ${pattern} t${index}\n`).join(''),
    )
    emptyLists()
    let matched = 0
    for (const name of names) {
      const told = new Set(resolve(name))
      matched += told.size
      const wrong = patterns.filter((pattern, index) => matchesName(pattern, name) !== told.has(`t${index}`))
      expect(wrong, `for ${name}`).toEqual([])
    }
    expect(matched).toBeGreaterThan(1000)
  })

  /** depmod makes them of no module at all, so that the aliases are those of our file alone. */
  function emptyLists() {
    mkdirSync(join(folder, 'lib/modules/1.0'), { recursive: true })
    for (const file of ['order', 'builtin', 'builtin.modinfo'])
      writeFileSync(join(folder, 'lib/modules/1.0', `modules.${file}`), '')
    execFileSync('depmod', ['-b', folder, '1.0'], { stdio: 'ignore' })
  }

  function resolve(name: string): string[] {
    const { stdout } = spawnSync('modprobe', ['-C', 'conf', '-d', folder, '-S', '1.0', '-R', name], {
      cwd: folder,
      encoding: 'utf8',
    })
    return stdout.split('\n').filter(Boolean)
  }
})

describe('as fnmatch(3) does it, on 20,000 random pairs', () => {
  const script = `
import ctypes, json, sys
fnmatch = ctypes.CDLL(None).fnmatch
print(json.dumps([fnmatch(p.encode(), n.encode(), 0) == 0 for p, n in json.load(sys.stdin)]))`
  const isThere = spawnSync('python3', ['-c', 'import ctypes; ctypes.CDLL(None).fnmatch']).status === 0
  if (!isThere) console.warn('python3 with ctypes is not here: our patterns are not held against fnmatch(3)')

  test.skipIf(!isThere)('but for brackets that do not pair', () => {
    const random = randomNumbers(11)
    const from = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? ''
    const paired = [
      ...pieces.filter((piece) => !['[', ']', '[]a]', '-', '\\', '[[:digit:]'].includes(piece)),
      '[a\\-c]',
      '[!1-a]',
      '[a-a]',
    ]
    const pairs = Array.from(
      { length: 20_000 },
      () =>
        [
          Array.from({ length: 1 + Math.floor(random() * 7) }, () => from(paired)).join(''),
          from(names),
        ] as const,
    )
    const env = { ...process.env, LC_ALL: 'C' }
    const wanted = JSON.parse(
      execFileSync('python3', ['-c', script], { input: JSON.stringify(pairs), encoding: 'utf8', env }),
    ) as boolean[]
    expect(pairs.filter(([pattern, name], index) => matchesName(pattern, name) !== wanted[index])).toEqual([])
    expect(wanted.filter(Boolean).length).toBeGreaterThan(1000)
  })
})

/** As many steps for a pattern as for its length: no shape of it is slow. One that takes their square would take hours. */
test.each(['*', '*a', '[', '[a', '[\\]', '[[:', '[]', '?', '\\', '[a-', '[!', '*[a]', '[[.', 'a*b?'])(
  'a megabyte of %s',
  (shape) => {
    const pattern = shape.repeat(2 ** 20 / shape.length)
    const start = process.cpuUsage()
    for (const name of ['a'.repeat(64), 'ab'.repeat(60), '_']) matchesName(pattern, name)
    const { user } = process.cpuUsage(start)
    expect(user).toBeLessThan(100_000_000)
  },
)

/** Numbers from 0 to 1, the same for each seed. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff
    return state / 0x7f_ff_ff_ff
  }
}
