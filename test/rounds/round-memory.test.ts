import { expect, test } from 'vitest'
import { loadShipped } from '#agent/catalog/load.ts'
import { openRoundMemory } from '#agent/rounds/round-memory.ts'

test('what is forgotten is let go by a round under way too, and the next one has nothing', () => {
  const memory = openRoundMemory()
  const loaded = loadShipped()
  const underWay = memory.of(loaded)
  underWay.judgement = { checks: [], facts: {} as never, answers: new Map(), entries: new Map() }
  expect(memory.of(loaded)).toBe(underWay)
  memory.forget()
  expect(underWay.judgement).toBeNull()
  underWay.judgement = { checks: [], facts: {} as never, answers: new Map(), entries: new Map() }
  expect(memory.of(loaded)).toMatchObject({ judgement: null })
})
