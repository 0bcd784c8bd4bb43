import { expect, test } from 'vitest'
import { port } from '../../agent/needs/port.ts'
import { absent, found, judgeBy, provesNothing } from './answer-each.ts'

const kubelet = { port: 10_250, heldBy: ['kubelet'] }

test.each<[string, unknown, { isHeld: boolean; by: string | null }, string]>([
  ['free', 10_250, { isHeld: false, by: null }, 'PortFree'],
  ['free, and may be held', kubelet, { isHeld: false, by: null }, 'PortFree'],
  ['held', 10_250, { isHeld: true, by: 'nginx' }, 'PortHeld'],
  ['held by who may', kubelet, { isHeld: true, by: 'kubelet' }, 'PortHeldAsWanted'],
  ['held by another', kubelet, { isHeld: true, by: 'nginx' }, 'PortHeld'],
  ['held by who cannot be seen', 10_250, { isHeld: true, by: null }, 'PortHeld'],
  ['held by who cannot be seen, and may be who may', kubelet, { isHeld: true, by: null }, 'QuestionFailed'],
])('%s', (_, written, holder, reason) => {
  expect(judgeBy(port, { port: written }, { answer: () => found(holder) }).reason).toBe(reason)
})

test('nothing but a table that was read proves anything', () => {
  expect(judgeBy(port, { port: 1 }, { answer: () => absent }).state).toBe('unknown')
  for (const [answer, reason] of provesNothing)
    expect(judgeBy(port, { port: 1 }, { answer: () => answer }).reason).toBe(reason)
})

test.each([0, 65_536, '80', { port: 1, protocol: 'sctp' }, { protocol: 'tcp' }])('refused: %j', (written) => {
  expect(port.schema.safeParse({ port: written }).success).toBe(false)
})
