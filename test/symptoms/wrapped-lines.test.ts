import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { loadShipped } from '#agent/catalog/load.ts'
import { createMatcher } from '#agent/symptoms/matcher.ts'

const file = join(import.meta.dirname, 'lines.yaml')
const entry = z.object({ matches: z.array(z.string()) })
const entries = z.record(z.string(), z.array(entry)).parse(parse(readFileSync(file, 'utf8')))
const lines = Object.entries(entries).flatMap(([check, list]) =>
  list.flatMap(({ matches }) => matches.map((line) => ({ check, line }))),
)
const matcher = createMatcher(loadShipped().catalog.values())

const time = '2026-11-29T13:17:48.123456789Z'
const eachLine = (text: string, before: string) => text.replace(/^/gm, before)
const half = (text: string) => [text.slice(0, text.length / 2), text.slice(text.length / 2)]
const docker = (log: string) => JSON.stringify({ log: `${log}\n`, stream: 'stderr', time })

/** Each log format, and formats in formats, around a line. */
const formats: Record<string, (line: string) => string> = {
  'as it is': (line) => line,
  CRI: (line) => eachLine(line, `${time} stderr F `),
  'CRI in two parts': (line) => {
    const [head, tail] = half(line.replaceAll('\n', ' '))
    return line.includes('\n')
      ? eachLine(line, `${time} stderr F `)
      : `${time} stderr P ${head}\n${time} stderr F ${tail}`
  },
  Docker: docker,
  'zap in Docker': (line) => docker(JSON.stringify({ level: 'error', ts: 1, msg: 'failed', error: line })),
  klog: (line) =>
    `E1129 13:17:48.123456       1 file.go:12] "It failed" err=${JSON.stringify(line)} pod="a/b"`,
  logrus: (line) => `time="${time}" level=fatal msg="it failed" error=${JSON.stringify(line)}`,
  'logrus, in the message': (line) => `time="${time}" level=fatal msg=${JSON.stringify(line)}`,
  'the journal': (line) => eachLine(line, 'Nov 29 13:17:48 node1 kubelet[812]: '),
  'the journal as JSON': (line) => JSON.stringify({ MESSAGE: line, _COMM: 'kubelet' }),
  'the journal as bytes': (line) => JSON.stringify({ MESSAGE: [...Buffer.from(line)], _COMM: 'kubelet' }),
  pino: (line) =>
    JSON.stringify({ level: 50, time: 1, err: { type: 'Error', message: line }, msg: 'failed' }),
  'JSON of Go': (line) =>
    JSON.stringify({ msg: 'failed', error: line }).replace(
      /[<>&]/g,
      (char) => `\\u00${char.charCodeAt(0).toString(16)}`,
    ),
  colours: (line) => `\u001b[31m${line.replaceAll(' ', '\u001b[0m \u001b[1m')}\u001b[0m`,
  'kubectl --prefix --timestamps': (line) => `[pod/x/y] ${time} ${line}`,
}

const names = Object.keys(formats)

/** Each line in two of them: as it is, and in the one whose turn it is. */
test.each(names)('every line of every symptom is found: %s', (name) => {
  const mine = lines.filter((_, index) => name === names[0] || names[index % names.length] === name)
  expect(mine.length).toBeGreaterThan(20)
  const lost = mine.filter(({ check, line }) => {
    const hits = matcher.match(Buffer.from(formats[name]?.(line) ?? ''))
    return !hits.some((hit) => hit.check === check)
  })
  expect(lost).toEqual([])
})
