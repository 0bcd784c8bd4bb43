import { describe, expect, test } from 'vitest'
import { fixText } from '#agent/fixes/fix-text.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import type { Check } from '#agent/model/check.ts'
import { judge } from '#agent/model/judge.ts'
import type { HostNeed, Need } from '#agent/model/need.ts'
import { plan } from '#agent/model/plan.ts'
import { verdict } from '#agent/model/reason.ts'
import { debian } from '../needs/memory-host.ts'

/** Whatever a host answers, a bug of ours at one need is that need's alone. */
describe('an exception at one need', () => {
  const wrong = () => {
    throw new SyntaxError('Range out of order\u001b[31m in character class')
  }
  const missing = verdict('BinaryNotFound', { name: 'x' })

  test('makes that need unknown, and no other', () => {
    const [first, second] = judgeAll([
      check('a', [need('bad', { judge: wrong }), need('good')]),
      check('b', [need('good')]),
    ]).results
    expect(first).toMatchObject({ state: 'unknown', reason: 'QuestionFailed' })
    expect(first?.findings.map(({ state }) => state)).toEqual(['unknown', 'ready'])
    expect(first?.findings[0]).toMatchObject({
      need: 'bad',
      message: 'could not check bad: hostdeps failed to judge it: Range out of order [31m in character class',
      fix: null,
    })
    expect(second?.state).toBe('ready')
  })

  test('is reported with its need, each time', () => {
    const { told } = judgeAll([check('a', [need('bad', { judge: wrong }), need('good')])])
    expect(told).toEqual(['bad: Range out of order\u001b[31m in character class'])
  })

  test('also when it happens while we ask whether the need applies', () => {
    expect(judgeAll([check('a', [need('bad', { applies: wrong }), need('good')])]).states).toEqual([
      'unknown',
      'ready',
    ])
  })

  test('in one of several alternatives leaves the others', () => {
    const either: Need = {
      ...need('either'),
      type: 'anyOf',
      needs: [need('bad', { judge: wrong }), need('good')],
    }
    const { results } = judgeAll([check('a', [either])])
    expect(results[0]).toMatchObject({ state: 'ready' })
    expect(results[0]?.findings[0]?.findings?.map(({ state }) => state)).toEqual(['unknown', 'ready'])
  })

  test('in the generic fix takes away the fix, but not the state', () => {
    const bad = need('bad', { judge: () => missing, genericFix: wrong })
    const { results, told } = judgeAll([check('a', [bad])])
    expect(results[0]).toMatchObject({ state: 'missing', fix: null })
    expect(told).toHaveLength(1)
    const written = need('bad', {
      judge: () => missing,
      genericFix: wrong,
      fix: { all: { packages: ['x'] } },
    })
    expect(judgeAll([check('a', [written])]).results[0]?.fix).toContain('install -y x')
  })

  test('in the text of a fix takes away the fix, but not the state', () => {
    const both = [need('one', { judge: () => missing }), need('two')]
    const { results } = judgeAll([check('a', both)], wrong)
    expect(results[0]).toMatchObject({ state: 'missing', fix: null })
    expect(results[0]?.findings.map(({ state, fix }) => [state, fix])).toEqual([
      ['missing', null],
      ['ready', null],
    ])
  })

  test('in its questions leaves the questions of the others', () => {
    const question = { ask: 'read', path: '/a' } as const
    const told: string[] = []
    const inner = need('bad', { questions: wrong })
    const either: Need = {
      ...need('either'),
      type: 'anyOf',
      needs: [inner, need('good', { questions: () => [question] })],
    }
    const checks = [check('a', [need('bad', { questions: wrong }), need('odd', { applies: wrong }), either])]
    expect(plan(checks, debian, (_, at) => told.push(at?.id ?? '')).shipped).toEqual([question])
    expect(told).toEqual(['bad', 'odd', 'bad'])
  })
})

function judgeAll(checks: readonly Check[], words = fixText) {
  const told: string[] = []
  const failed = (error: unknown, at: Need | null) =>
    told.push(`${at?.id}: ${error instanceof Error ? error.message : ''}`)
  const asked = { facts: debian, answers: collectAnswers([]), unreachable: null, publishedBy: () => [] }
  const results = judge(checks, { ...asked, fixText: words, failed })
  return { results, told, states: results[0]?.findings.map(({ state }) => state) }
}

function need(id: string, changes: Partial<HostNeed> = {}): HostNeed {
  return {
    type: 'host',
    id,
    kind: 'binary',
    recommended: false,
    why: null,
    source: null,
    unverified: null,
    fix: null,
    when: {},
    conflicts: {},
    applies: () => null,
    genericFix: () => null,
    sysctl: null,
    nextBoot: null,
    lint: () => [],
    questions: () => [],
    judge: () => verdict('BinaryFound', { name: 'x', path: '/x' }),
    place: { file: 'f', line: 1 },
    ...changes,
  }
}

function check(name: string, needs: readonly Need[]): Check {
  const none = { aliases: [], symptoms: [], sources: [], images: [], containers: [], drivers: [] }
  return { name, title: name, why: 'why', needs, fix: null, origin: 'shipped', ...none }
}
