import pino from 'pino'
import { expect, test } from 'vitest'
import type { ApiAnswer, NodeEvent } from '#agent/node/node-api.ts'
import { createEventQueue } from '#agent/publish/event-queue.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { fakeApi } from './fake-api.ts'

const busy = { ok: false, status: 503, message: 'slow down', retryAfter: null } as const
const taken = { ok: true, value: null } as const

test('when too many wait, the oldest are dropped, but not the one that is being sent', async () => {
  const { queue, clock, sent, answer } = held()
  for (let number = 0; number < 300; number++) queue.add(event(number))
  await clock.pass(0)
  expect(sent).toEqual([0])
  await answer(taken)
  for (let count = 0; count < 256; count++) await answer(taken)
  expect(sent).toEqual([0, ...Array.from({ length: 256 }, (_, index) => index + 44)])
  expect(queue.counts()).toEqual({ sent: 257, dropped: 43 })
})

test('one that was not accepted is sent again, unless too many wait behind it', async () => {
  const { queue, clock, sent, answer } = held()
  for (let number = 0; number < 256; number++) queue.add(event(number))
  await answer(busy)
  await clock.pass(10_000)
  queue.add(event(256))
  queue.add(event(257))
  await answer(busy)
  await clock.pass(10_000)
  await answer(taken)
  expect(sent).toEqual([0, 0, 2, 3])
})

/** An API server that answers when it is told to. */
function held() {
  const [api, clock] = [fakeApi(), fakeClock()]
  const sent: number[] = []
  let resolve: (answer: ApiAnswer<null>) => void = () => {}
  api.createEvent = ({ note }) => {
    sent.push(Number(note))
    return new Promise((done) => {
      resolve = done
    })
  }
  const queue = createEventQueue({ api, clock, log: pino({ level: 'silent' }) })
  const answer = async (now: ApiAnswer<null>) => {
    resolve(now)
    await clock.pass(0)
  }
  return { queue, clock, sent, answer }
}

function event(number: number): NodeEvent {
  return { node: 'n', uid: 'u', type: 'Normal', reason: 'AllReady', note: String(number) }
}
