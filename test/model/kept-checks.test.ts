import { expect, test } from 'vitest'
import { collectAnswers } from '#agent/model/answers.ts'
import type { Asked } from '#agent/model/asked.ts'
import { readFacts } from '#agent/model/facts.ts'
import { keepChecks } from '#agent/model/kept-checks.ts'
import type { Kept } from '#agent/model/kept-checks.ts'
import type { Answer } from '#agent/model/question.ts'

const facts = readFacts(collectAnswers([]), { arch: 'x64', now: 0 })
const a = { ask: 'stat', path: '/a' } as const
const b = { ask: 'stat', path: '/b' } as const
const checks = ['one', 'two', 'both'].map((name) => ({ name }))

/** "one" reads /a, "two" /b; "both" reads /a and asks for "two". Each round gives what it made, and what it had to make anew. */
function rounds(make: (name: string, asked: Asked) => void = () => {}) {
  let last: Kept<object> | null = null
  return (change: Partial<Asked> & { say?: Record<string, string>; read?: (asked: Asked) => void } = {}) => {
    const { say = {}, read = () => {}, ...others } = change
    const answerTo = ({ path }: { path: string }): Answer<never> => ({
      fate: 'absent',
      detail: say[path] ?? 'as ever',
    })
    const asked: Asked = {
      facts,
      answers: collectAnswers([a, b].map((question) => [question, answerTo(question)] as const)),
      unreachable: null,
      publishedBy: () => [],
      fixText: () => null,
      ...others,
    }
    const anew: string[] = []
    const keeping = keepChecks<object>(checks, asked, {
      last,
      make(name, noted) {
        anew.push(name)
        if (name !== 'two') noted.answers.of(a)
        if (name === 'two') noted.answers.of(b)
        if (name === 'both') keeping.of('two')
        if (name === 'one') read(noted)
        make(name, noted)
        return {}
      },
    })
    const made = ['both', 'one', 'two'].map((name) => keeping.of(name))
    last = keeping.kept
    return { made, anew: anew.toSorted() }
  }
}

const all = ['both', 'one', 'two']

test('what has not changed is made once, and stays the same object', () => {
  const round = rounds()
  const first = round()
  expect(first.anew).toEqual(all)
  const second = round()
  expect(second.anew).toEqual([])
  expect(second.made.every((one, index) => one === first.made[index])).toBe(true)
})

test('an answer makes anew what read it, and what asked for that', () => {
  const round = rounds()
  round()
  expect(round({ say: { '/b': 'changed' } }).anew).toEqual(['both', 'two'])
  expect(round({ say: { '/b': 'changed' } }).anew).toEqual([])
  expect(round({ say: { '/a': 'changed', '/b': 'changed' } }).anew).toEqual(['both', 'one'])
  expect(round().anew).toEqual(all)
})

test('facts make everything anew, the time what reads it', () => {
  const round = rounds()
  round()
  expect(round({ facts: { ...facts, now: 5 } }).anew).toEqual([])
  expect(round({ facts: { ...facts, kernel: '1.2.3' } }).anew).toEqual(all)
  const reading = { read: (asked: Asked) => void asked.facts.now }
  expect(round(reading).anew).toEqual(all)
  expect(round(reading).anew).toEqual(['one'])
})

test('what met a bug of ours is made anew, and the bug is reported each time', () => {
  const round = rounds()
  const told: unknown[] = []
  const failing = {
    failed: (error: unknown) => void told.push(error),
    read: ({ failed }: Asked) => failed?.('bug', null),
  }
  round(failing)
  expect(round(failing).anew).toEqual(['one'])
  expect(told).toEqual(['bug', 'bug'])
  expect(round().anew).toEqual(['one'])
  expect(round().anew).toEqual([])
})

test('a host that cannot be asked makes everything anew, and nothing of that is kept', () => {
  const round = rounds()
  round()
  const unreachable = { fate: 'timed-out', detail: 'after 5 s' } as const
  expect(round({ unreachable }).anew).toEqual(all)
  expect(round({ unreachable }).anew).toEqual(all)
  expect(round().anew).toEqual(all)
  expect(round().anew).toEqual([])
})

test('the space for fixes is spent as if they were made again', () => {
  const spending = () => {
    let left = 100
    return {
      fixSpace: { left: () => left, spend: (characters: number) => void (left -= characters) },
      fixText: () => {
        left -= 10
        return 'x'.repeat(10)
      },
      read: (asked: Asked) => void asked.fixText([], facts),
    }
  }
  const round = rounds()
  round(spending())
  const again = spending()
  expect(round(again).anew).toEqual([])
  expect(again.fixSpace.left()).toBe(90)
})

test('a bug makes anew also what asked for the check that it hit', () => {
  const hit = (name: string, asked: Asked) => void (name === 'two' && asked.failed?.('bug', null))
  const round = rounds(hit)
  round()
  expect(round().anew).toEqual(['both', 'two'])
})
