import { expect, test } from 'vitest'
import { port } from '#agent/needs/port.ts'
import { absent, found, judgeBy, provesNothing } from './answer-each.ts'

const kubelet = { port: 10_250, heldBy: ['kubelet'] }

test.each<[string, unknown, readonly (readonly string[])[], string]>([
  ['free', 10_250, [], 'PortFree'],
  ['free, and may be held', kubelet, [], 'PortFree'],
  ['held', 10_250, [['nginx']], 'PortHeld'],
  ['held by who may', kubelet, [['kubelet']], 'PortHeldAsWanted'],
  ['held by another', kubelet, [['nginx']], 'PortHeld'],
  [
    'held by who may, on one address, and by another on the next',
    kubelet,
    [['kubelet'], ['nginx']],
    'PortHeld',
  ],
  ['held by who may, on two addresses', kubelet, [['kubelet'], ['kubelet']], 'PortHeldAsWanted'],
  ['held by who may and who started it', kubelet, [['systemd', 'kubelet']], 'PortHeldAsWanted'],
  ['held by who cannot be seen', 10_250, [[]], 'PortHeld'],
  ['held by who cannot be seen, and may be who may', kubelet, [[]], 'QuestionFailed'],
  ['by another, and by who cannot be seen', kubelet, [[], ['nginx']], 'PortHeld'],
])('%s', (_, written, sockets, reason) => {
  const holders = { sockets, isWhole: true }
  expect(judgeBy(port, { port: written }, { answer: () => found(holders) }).reason).toBe(reason)
})

test('where not all processes are seen, one of those that may hold it may share the socket', () => {
  const holders = { sockets: [['systemd']], isWhole: false }
  expect(judgeBy(port, { port: kubelet }, { answer: () => found(holders) }).reason).toBe('QuestionFailed')
  expect(judgeBy(port, { port: 10_250 }, { answer: () => found(holders) }).reason).toBe('PortHeld')
})

test('who holds it is told, each once', () => {
  const holders = { sockets: [['systemd', 'nginx'], ['nginx'], ['kubelet']], isWhole: true }
  const { message } = judgeBy(port, { port: kubelet }, { answer: () => found(holders) })
  expect(message).toBe('port 10250/tcp is held by nginx, systemd')
})

test('nothing but a table that was read proves anything', () => {
  expect(judgeBy(port, { port: 1 }, { answer: () => absent }).state).toBe('unknown')
  for (const [answer, reason] of provesNothing)
    expect(judgeBy(port, { port: 1 }, { answer: () => answer }).reason).toBe(reason)
})

test.each([0, 65_536, '80', { port: 1, protocol: 'sctp' }, { protocol: 'tcp' }])('refused: %j', (written) => {
  expect(port.schema.safeParse({ port: written }).success).toBe(false)
})
