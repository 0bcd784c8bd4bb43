import { expect, test } from 'vitest'
import { createRestartNews } from '#agent/crashes/restart-news.ts'
import type { RestartNews } from '#agent/crashes/restart-news.ts'
import { idOf } from '../host/containers/kubelet-folder.ts'

const isNext = (news: RestartNews, name: string, excluded: readonly string[]) =>
  news.nextAttempt(name, excluded) !== null
const link = (pod: string, attempt: number) => `${pod}_default_main-${idOf(attempt)}.log`

test('only the next attempt of a container that is known is news', () => {
  const news = createRestartNews()
  news.note([link('web', 1)])
  expect(isNext(news, link('web', 1), [])).toBe(false)
  expect(isNext(news, link('other', 2), [])).toBe(false)
  expect(isNext(news, link('web', 3), [])).toBe(true)
  // The link of the attempt before goes, and that of the new one is told again.
  expect(isNext(news, link('web', 1), [])).toBe(false)
  expect(isNext(news, link('web', 3), [])).toBe(false)
  expect(isNext(news, link('other', 4), [])).toBe(true)
})

test('a namespace that is left out and a name of something else are none', () => {
  const news = createRestartNews()
  news.note([link('web', 1)])
  expect(isNext(news, link('web', 2), ['default'])).toBe(false)
  expect(isNext(news, 'web_default_main-1.log', [])).toBe(false)
  expect(isNext(news, '', [])).toBe(false)
})

test('however many links come between two listings, not all of them are kept', () => {
  const news = createRestartNews()
  news.note([link('web', 1)])
  for (let number = 2; number < 20_002; number++) isNext(news, link(`pod-${number}`, number), [])
  expect(isNext(news, link('web', 3), [])).toBe(false)
  news.note([link('web', 1)])
  expect(isNext(news, link('web', 3), [])).toBe(true)
})
