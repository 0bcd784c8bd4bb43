import { expect, test } from 'vitest'
import { questionKey } from '#agent/model/question-key.ts'
import type { Question } from '#agent/model/question.ts'

test('equal questions have one key, in whatever order they are written', () => {
  const one: Question = { ask: 'read', path: '/a', limit: 5, in: 'kubelet' }
  const other: Question = { in: 'kubelet', limit: 5, path: '/a', ask: 'read' }
  expect(questionKey(one)).toBe(questionKey(other))
  expect(questionKey({ ask: 'run', argv: ['a', 'b'] })).toBe(questionKey({ ask: 'run', argv: ['a', 'b'] }))
})

test('questions that differ in anything have different keys', () => {
  const questions: Question[] = [
    { ask: 'read', path: '/a' },
    { ask: 'stat', path: '/a' },
    { ask: 'list', path: '/a' },
    { ask: 'read', path: '/b' },
    { ask: 'read', path: '/a', in: 'kubelet' },
    { ask: 'read', path: '/a', limit: 5 },
    { ask: 'read', path: '/a', beneath: ['/etc'] },
    { ask: 'read', path: '/a', beneath: ['/etc', '/usr'] },
    { ask: 'readAll', path: '/a', suffix: '.conf' },
    { ask: 'which', name: 'a' },
    { ask: 'unit', name: 'a' },
    { ask: 'process', name: 'a', of: 'any' },
    { ask: 'port', protocol: 'tcp', port: 1 },
    { ask: 'port', protocol: 'udp', port: 1 },
    { ask: 'port', protocol: 'tcp', port: 11 },
    { ask: 'run', argv: ['a'] },
    { ask: 'run', argv: ['a', 'b'] },
    { ask: 'run', argv: ['a b'] },
    { ask: 'run', argv: ['a', ''] },
    { ask: 'run', argv: ['a'], reads: ['/etc'] },
  ]
  expect(new Set(questions.map(questionKey)).size).toBe(questions.length)
})
