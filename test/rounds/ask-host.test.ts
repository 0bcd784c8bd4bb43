import { expect, test } from 'vitest'
import { readCheckFile } from '#agent/catalog/check-file.ts'
import { mostCustomQuestions } from '#agent/model/bounds.ts'
import type { Check } from '#agent/model/check.ts'
import type { Host } from '#agent/model/host.ts'
import type { Question } from '#agent/model/question.ts'
import { noSpawns } from '#agent/model/spawns.ts'
import { askHost } from '#agent/rounds/ask-host.ts'
import { debian } from '../needs/memory-host.ts'

/** Answers with the number of the asking. */
function countingHost(): Host & { readonly asked: (readonly Question[])[] } {
  const asked: (readonly Question[])[] = []
  return {
    asked,
    description: 'a host that counts',
    selfTest: () => Promise.resolve(null),
    abandoned: () => 0,
    spawned: () => noSpawns,
    ask(questions) {
      asked.push(questions)
      return Promise.resolve(
        questions.map((question) => [question, { fate: 'found', value: asked.length }] as const),
      )
    },
  }
}

function check(origin: Check['origin'], needs: readonly string[]): Check {
  const text = `title: T\nwhy: W.\nneeds:\n${needs.map((need) => `  - ${need}\n`).join('')}`
  const read = readCheckFile('/x.yaml', text, { origin, allowCommands: false })
  if ('mistakes' in read) throw new Error(JSON.stringify(read.mistakes[0]))
  return read.check
}

test('custom checks are asked after the shipped ones, and what both ask is asked once', async () => {
  const host = countingHost()
  const checks = [
    check('custom', ['unit: theirs.service', 'file: /shared']),
    check('shipped', ['unit: ours.service', 'file: /shared']),
  ]
  const answers = await askHost(host, checks, { facts: debian, known: [] })
  expect(host.asked).toEqual([
    [
      { ask: 'unit', name: 'ours.service' },
      { ask: 'stat', path: '/shared' },
    ],
    [{ ask: 'unit', name: 'theirs.service' }],
  ])
  expect(answers.of({ ask: 'stat', path: '/shared' })).toMatchObject({ value: 1 })
  expect(answers.of({ ask: 'unit', name: 'theirs.service' })).toMatchObject({ value: 2 })
})

test('questions of custom checks beyond the limit are not asked, and are unknown', async () => {
  const host = countingHost()
  const count = mostCustomQuestions / 400 + 1
  const custom = Array.from({ length: count }, (_, file) =>
    check(
      'custom',
      Array.from({ length: 400 }, (_, index) => `file: /${file}-${index}`),
    ),
  )
  const answers = await askHost(host, [...custom, check('shipped', ['file: /ours'])], {
    facts: debian,
    known: [],
  })
  expect(host.asked.map(({ length }) => length)).toEqual([1, mostCustomQuestions])
  expect(answers.of({ ask: 'stat', path: `/${count - 1}-399` })).toEqual({
    fate: 'failed',
    detail: `not asked: custom checks ask more than ${mostCustomQuestions} questions`,
  })
})
