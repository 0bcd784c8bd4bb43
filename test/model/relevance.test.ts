import { expect, test } from 'vitest'
import { namesThatMatter, partByRelevance, relevanceOf } from '#agent/model/relevance.ts'
import type { Crash, ReportCheck } from '#agent/model/report.ts'
import type { State } from '#agent/model/state.ts'
import { makeReport } from '../http/report-fixture.ts'
import { settingsWith } from './settings.ts'

const signs = {
  settings: settingsWith({ checks: ['published', 'both'] }),
  crashes: [],
  seen: [
    { check: 'seen', by: 'driver' },
    { check: 'both', by: 'container' },
    { check: 'seen', by: 'container' },
  ],
} as const

test('says why each check matters, and nothing of the others', () => {
  expect(Object.fromEntries(relevanceOf(signs))).toEqual({
    published: ['published'],
    both: ['published', 'container'],
    seen: ['container', 'driver'],
  })
})

test.each([
  ['a published one', ['other', 'published'], ['published']],
  ['one that was seen', ['other', 'seen'], ['seen']],
  ['none of them, but the first', ['first', 'second'], ['first']],
])('of many checks that want what a container crashes for: %s', (_, checks, crashing) => {
  const relevance = relevanceOf({ ...signs, crashes: [crash(checks)] })
  expect([...relevance].filter(([, why]) => why.includes('crashing')).map(([name]) => name)).toEqual(crashing)
})

test('published, then crashing, then seen; the rest is folded, worst first', () => {
  const crashes = [crash(['crashing'])]
  expect(namesThatMatter({ ...signs, crashes })).toEqual(['published', 'both', 'crashing', 'seen'])
  const checks = [check('more', 'ready'), check('rest', 'missing'), check('seen', 'missing')]
  const all = [...checks, check('crashing', 'ready'), check('both', 'ready'), check('published', 'missing')]
  const { here, others } = partByRelevance(all, relevanceOf({ ...signs, crashes }))
  expect(here.map(({ name }) => name)).toEqual(['published', 'both', 'crashing', 'seen'])
  expect(others.map(({ name }) => name)).toEqual(['rest', 'more'])
})

function crash(checks: readonly string[]): Crash {
  const at = '2026-11-24T08:00:00.000Z'
  const container = {
    namespace: 'n',
    pod: 'p',
    container: 'c',
    restarts: 3,
    since: at,
    ended: at,
    fixed: null,
  }
  return { ...container, need: 'binary:x', checks }
}

function check(name: string, state: State): ReportCheck {
  const [base] = makeReport().checks
  if (base === undefined) throw new Error('the fixture has no check')
  return { ...base, name, state, reason: state === 'ready' ? 'AllReady' : 'BinaryNotFound' }
}
