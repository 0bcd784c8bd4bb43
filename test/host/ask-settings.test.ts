import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { execa } from 'execa'
import type { FileQuestion } from '#agent/host/files/ask-files.ts'
import { askSettings } from '#agent/host/settings/ask-settings.ts'

const root = mkdtempSync(join(tmpdir(), 'hostdeps-settings-'))
mkdirSync(join(root, 'proc/sys/net'), { recursive: true })
writeFileSync(join(root, 'proc/sys/net/one'), '1\n')
afterAll(() => rmSync(root, { recursive: true }))

const read: FileQuestion = { ask: 'read', path: '/proc/sys/net/one' }
const stat: FileQuestion = { ask: 'stat', path: '/proc/sys/net/one' }
const gone: FileQuestion = { ask: 'stat', path: '/proc/sys/net/none' }
const list: FileQuestion = { ask: 'list', path: '/proc/sys/net' }

test.each<[string, FileQuestion[], string[]]>([
  ['texts', [read, read], ['head']],
  ['what stands there', [stat, gone], ['stat']],
  ['both', [read, stat, gone], ['head', 'stat']],
  ['and a Node.js only the rest', [read, list, stat], ['head', 'stat', 'node']],
])('small programs tell %s', async (_, questions, programs) => {
  const { started, answers } = await ask(questions)
  expect(started).toEqual(programs)
  expect(answers).toEqual(questions.map((question) => wanted.get(question)))
})

test('without these programs, Node.js answers everything', async () => {
  const { started, answers } = await ask([read, stat, gone], ['head', 'stat'])
  expect(started).toEqual(['head', 'stat', 'node'])
  expect(answers).toEqual(['found', 'found', 'absent'])
})

const wanted = new Map<FileQuestion, string>([
  [read, 'found'],
  [stat, 'found'],
  [gone, 'absent'],
  [list, 'found'],
])

/** Each fate, in the order of the questions, and the programs that were started for them. */
async function ask(questions: readonly FileQuestion[], lacking: readonly string[] = []) {
  const started: string[] = []
  const entries = await askSettings(root, questions, async ([file, ...args]) => {
    started.push(file === process.execPath ? 'node' : file)
    const isThere = !lacking.includes(file)
    const ran = isThere
      ? await execa(file, args, { reject: false, env: { LC_ALL: 'C' }, stripFinalNewline: false })
      : null
    const { exitCode = 127, stdout = '', stderr = '' } = ran ?? {}
    return { fate: 'found', value: { exitCode, signal: null, stdout, stderr, truncated: false } }
  })
  const answers = questions.map((question) => entries.find(([asked]) => asked === question)?.[1].fate)
  return { started, answers }
}
