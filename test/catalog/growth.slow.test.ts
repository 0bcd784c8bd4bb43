import { describe, expect, test } from 'vitest'
import { readCatalog } from '#agent/catalog/catalog.ts'
import { readConfig } from '#agent/catalog/config.ts'
import { reportMistakes } from '#agent/catalog/yaml/mistake.ts'
import { head } from './hostile-maps.ts'

const repeat = (count: number, part: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => part(at)).join('')

function readOne(text: string): void {
  readFiles([text])
}

let reads = 0

/** Anew each time: a file that is as it was is not read again. */
function readFiles(texts: readonly string[]): void {
  reads++
  const rules = { origin: 'custom', allowCommands: false } as const
  const files = texts.map((text, at) => ({ file: `c${at}.yaml`, text: `${text}\n# ${reads}`, rules }))
  reportMistakes(readCatalog(files).mistakes, 100)
}

const known = { names: Array.from({ length: 2_000 }, (_, at) => `check-${at}`), aliases: {} }

/** Each reads so many of something; from the first size to the last it is eight times as many, all within the bounds. */
const shapes: readonly [what: string, least: number, read: (count: number) => void][] = [
  ['needs in a file', 60, (count) => readOne(head + repeat(count, (at) => `  - binary: b${at}\n`))],
  [
    'keys that there are not',
    240,
    (count) => readOne(`${head}  - binary: x\n${repeat(count, (at) => `k${at}: 1\n`)}`),
  ],
  [
    'keys of a map within a need',
    240,
    (count) => readOne(`${head}  - file: { path: /a, ${repeat(count, (at) => `k${at}: 1,`)} }\n`),
  ],
  ['items of a list', 400, (count) => readOne(`${head}  - binary: x\nx: [${repeat(count, () => 'a,')}]\n`)],
  ['wrong needs', 60, (count) => readOne(head + repeat(count, () => '  - {}\n'))],
  ['aliases', 200, (count) => readOne(`${head}  - binary: &x x\nx: [${repeat(count, () => '*x,')}]\n`)],
  ['brackets that close nothing', 1_800, (count) => readOne(']'.repeat(count))],
  [
    'names in the config',
    500,
    (count) => void readConfig('c', `checks: [${repeat(count, (at) => `c-${at},`)}]`, known),
  ],
  ['a text of many lines', 1_800, (count) => readOne(`title: |\n${repeat(count, () => '  a\n')}`)],
  ['characters of a text', 500_000, (count) => readOne(`title: ${'a '.repeat(count / 16)}`)],
  ['levels', 500_000, (count) => readOne('['.repeat(count / 8))],
  ['checks that there are not', 60, (count) => readOne(head + repeat(count, (at) => `  - check: c-${at}\n`))],
  [
    'files that include what there is not',
    200,
    (count) => readFiles(Array.from({ length: count }, (_, at) => `${head}  - check: nope-${at}\n`)),
  ],
  [
    'files',
    200,
    (count) => readFiles(Array.from({ length: count }, (_, at) => `${head}  - binary: b${at}\n`)),
  ],
  [
    'files that include the next',
    200,
    (count) =>
      readFiles(Array.from({ length: count }, (_, at) => `${head}  - check: c${(at + 1) % count}\n`)),
  ],
  [
    'aliases of checks',
    80,
    (count) =>
      readFiles(
        Array.from(
          { length: count / 10 },
          (_, at) =>
            `title: t\nwhy: w\naliases: [${repeat(50, (line) => `a${at}-${line},`)}]\nneeds: [{ binary: x }]\n`,
        ),
      ),
  ],
]

describe('reading time grows no faster than the input:', () => {
  test.each(shapes)('%s', (_, least, read) => {
    read(least)
    const [small, large] = [workOf(() => read(least)), workOf(() => read(8 * least))]
    console.log(
      `${(small / 1_000).toFixed(1)} ms for ${least}, ${(large / 1_000).toFixed(1)} ms for ${8 * least}`,
    )
    // By the square of it, it would be 64 times as much. What is less than some milliseconds is noise.
    expect(large).toBeLessThan(24 * Math.max(small, 4_000))
  })
})

/** Microseconds of the processor, the least of several times. */
function workOf(read: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage()
    read()
    const { user, system } = process.cpuUsage(before)
    return user + system
  })
  return Math.min(...times)
}
