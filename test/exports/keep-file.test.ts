import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepFile } from '#agent/exports/keep-file.ts'
import { tryBeside, writeBeside } from '#agent/exports/write-beside.ts'
import { makeReport } from '../http/report-fixture.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostdeps-keep-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (name: string) => join(folder, name)
const report = (node: string) => ({ ...makeReport(), node })

test('each report is in the file, and nothing else is left in the folder', async () => {
  const keep = keepFile({ path: at('x'), render: ({ node }) => node, failed: raise, recovered: raise })
  for (const node of ['a', 'b']) {
    keep(report(node))
    await expect.poll(() => existsSync(at('x')) && readFileSync(at('x'), 'utf8')).toBe(node)
  }
  expect(readdirSync(folder)).toEqual(['x'])
})

test('while one is written, of those that come only the newest is written next', async () => {
  const rendered: string[] = []
  const first = Promise.withResolvers<string>()
  const render = ({ node }: { node: string }) => {
    rendered.push(node)
    return node === 'a' ? first.promise : node
  }
  const keep = keepFile({ path: at('x'), render, failed: raise, recovered: raise })
  for (const node of ['a', 'b', 'c', 'd']) keep(report(node))
  first.resolve('a')
  await expect.poll(() => existsSync(at('x')) && readFileSync(at('x'), 'utf8')).toBe('d')
  expect(rendered).toEqual(['a', 'd'])
})

test('a failure is told once, tried again with each report, and told when it is over', async () => {
  const told: string[] = []
  const tried: string[] = []
  const render = ({ node }: { node: string }) => {
    tried.push(node)
    return node
  }
  const keep = keepFile({
    path: at('gone/x'),
    render,
    failed: (error) => told.push((error as NodeJS.ErrnoException).code ?? ''),
    recovered: () => told.push('recovered'),
  })
  const passes = async (node: string, words: readonly string[]) => {
    keep(report(node))
    await expect.poll(() => tried.at(-1) === node && told).toEqual(words)
  }
  await passes('a', ['ENOENT'])
  await passes('b', ['ENOENT'])
  mkdirSync(at('gone'))
  await passes('c', ['ENOENT', 'recovered'])
  rmSync(at('gone'), { recursive: true })
  await passes('d', ['ENOENT', 'recovered', 'ENOENT'])
})

test('everybody may read it, whatever the umask', async () => {
  const before = process.umask(0o077)
  try {
    await writeBeside(at('x'), 'text')
  } finally {
    process.umask(before)
  }
  expect(statSync(at('x')).mode & 0o777).toBe(0o644)
})

test('what a killed process left goes after an hour, and nothing is written through a link', async () => {
  const hourAgo = Date.now() / 1000 - 3_700
  for (const name of ['.x.killed.part', '.x.running.part', '.y.killed.part']) writeFileSync(at(name), '')
  for (const name of ['.x.killed.part', '.y.killed.part']) utimesSync(at(name), hourAgo, hourAgo)
  writeFileSync(at('other'), 'mine')
  symlinkSync(at('other'), at('x'))
  await tryBeside(at('x'))
  await writeBeside(at('x'), 'text')
  expect(readFileSync(at('other'), 'utf8')).toBe('mine')
  expect(lstatSync(at('x')).isFile()).toBe(true)
  expect(readdirSync(folder).toSorted()).toEqual(['.x.running.part', '.y.killed.part', 'other', 'x'])
})

test('two that write one file: it is always whole', async () => {
  const texts = ['a'.repeat(100_000), 'b'.repeat(100_000)]
  await writeBeside(at('x'), texts[0] ?? '')
  const writers = texts.map(async (text) => {
    for (let count = 0; count < 100; count++) await writeBeside(at('x'), text)
  })
  const seen = new Set<string>()
  const reader = (async () => {
    for (let count = 0; count < 1_000; count++) seen.add(await readFile(at('x'), 'utf8'))
  })()
  await Promise.all([...writers, reader])
  expect([...seen].filter((text) => !texts.includes(text))).toEqual([])
  expect(readdirSync(folder)).toEqual(['x'])
})

test('a folder is tried without leaving anything', async () => {
  await tryBeside(at('x'))
  expect(readdirSync(folder)).toEqual([])
  await expect(tryBeside(at('gone/x'))).rejects.toThrow('ENOENT')
  writeFileSync(at('file'), '')
  await expect(tryBeside(at('file/x'))).rejects.toThrow('ENOTDIR')
  mkdirSync(at('folder'))
  await expect(tryBeside(at('folder'))).rejects.toThrow('is a folder')
})

function raise(): never {
  throw new Error('this is not called')
}
