import { describe, expect, test } from 'vitest'
import type { Answer, Program, Question, RunResult } from '#agent/model/question.ts'
import { binary } from '#agent/needs/binary.ts'
import { absent, found, judgeBy, provesNothing } from './answer-each.ts'
import { debian } from './memory-host.ts'

const there = found<Program>({ path: '/usr/sbin/iscsiadm', executable: true })

describe('without run', () => {
  test.each<[string, Answer<Program>, string, string]>([
    ['found', there, 'ready', 'BinaryFound'],
    ['absent', absent, 'missing', 'BinaryNotFound'],
    [
      'not executable',
      found({ path: '/usr/sbin/iscsiadm', executable: false }),
      'missing',
      'BinaryNotExecutable',
    ],
    ...provesNothing.map(([answer, reason]): [string, Answer<Program>, string, string] => [
      answer.fate,
      answer,
      'unknown',
      reason,
    ]),
  ])('%s', (_, answer, state, reason) => {
    expect(judgeBy(binary, { binary: 'iscsiadm' }, { answer: () => answer })).toMatchObject({ state, reason })
  })

  test('one that may not be executed is mended by chmod, not by installing it again', () => {
    const answer = () => found({ path: '/usr/sbin/x', executable: false })
    expect(judgeBy(binary, { binary: 'x' }, { answer }).fix).toEqual({ run: ['chmod +x /usr/sbin/x'] })
  })
})

describe('with run', () => {
  const judge = (ran: Answer<RunResult>, version?: string) =>
    judgeBy(
      binary,
      { binary: 'iscsiadm', run: ['--version'], version },
      { answer: ({ ask }) => (ask === 'which' ? there : ran) },
    )

  test.each<[string, Answer<RunResult>, string, string, RegExp]>([
    [
      'it runs',
      ran({ stdout: 'iscsiadm version 2.1.8\n' }),
      'ready',
      'BinaryFound',
      /is at \/usr\/sbin\/iscsiadm/,
    ],
    [
      'it exits with an error',
      ran({ exitCode: 127, stderr: 'error while loading shared libraries: libopeniscsiusr.so\nmore' }),
      'missing',
      'BinaryBroken',
      /exits with 127: error while loading shared libraries: libopeniscsiusr\.so$/,
    ],
    [
      'it is ended by a signal',
      ran({ exitCode: null, signal: 'SIGSEGV' }),
      'missing',
      'BinaryBroken',
      /was ended by SIGSEGV/,
    ],
    [
      'it has a format that this machine cannot execute',
      ran({ exitCode: 126, stderr: 'cannot execute: Exec format error' }),
      'missing',
      'BinaryBroken',
      /exits with 126: cannot execute: Exec format error$/,
    ],
    [
      'its interpreter is not there',
      ran({ exitCode: 127, stderr: 'nsenter: failed to execute iscsiadm: No such file or directory\n' }),
      'missing',
      'BinaryBroken',
      /iscsiadm --version is there but exits with 127: nsenter: failed to execute iscsiadm/,
    ],
    ['it fails without a word', ran({ exitCode: 1 }), 'missing', 'BinaryBroken', /exits with 1$/],
    ['it is gone since', absent, 'missing', 'BinaryBroken', /cannot be run/],
    ...provesNothing.map(([answer, reason]): [string, Answer<RunResult>, string, string, RegExp] => [
      `it is ${answer.fate}`,
      answer,
      'unknown',
      reason,
      /iscsiadm --version/,
    ]),
  ])('%s', (_, answer, state, reason, message) => {
    expect(judge(answer)).toMatchObject({ state, reason, message: expect.stringMatching(message) })
  })

  test('evidence is where it is, and its version', () => {
    expect(judge(ran({ stdout: 'iscsiadm version 2.1.8\n' })).evidence).toEqual([
      '/usr/sbin/iscsiadm, version 2.1.8',
    ])
  })

  test.each([
    [['--version'], ['/usr/sbin/iscsiadm, version 10.0.0.1']],
    [['-V'], ['/usr/sbin/iscsiadm, version 10.0.0.1']],
    [['version'], ['/usr/sbin/iscsiadm, version 10.0.0.1']],
    [['-m', 'session'], ['/usr/sbin/iscsiadm']],
  ])('what it prints for %j is told: %j', (run, evidence) => {
    const answer = ({ ask }: Question) => (ask === 'which' ? there : ran({ stdout: 'tcp: [1] 10.0.0.1\n' }))
    expect(judgeBy(binary, { binary: 'iscsiadm', run }, { answer }).evidence).toEqual(evidence)
  })

  test('a long complaint is cut', () => {
    const { message } = judge(ran({ exitCode: 1, stderr: 'x'.repeat(5000) }))
    expect(message.length).toBeLessThan(300)
  })

  test.each([
    ['>=2.1', 'ready', 'BinaryFound'],
    ['>=2.1.9', 'missing', 'BinaryTooOld'],
    ['>=2 <2.1.8', 'missing', 'BinaryTooOld'],
  ])('version %s', (version, state, reason) => {
    expect(judge(ran({ stdout: 'iscsiadm version 2.1.8\n' }), version)).toMatchObject({ state, reason })
  })

  test('a version that is nowhere in the output is unknown', () => {
    expect(judge(ran({ stdout: 'hello' }), '>=1')).toMatchObject({
      state: 'unknown',
      reason: 'BinaryVersionUnknown',
    })
  })

  test('a terminal sees no escape sequence of a broken program', () => {
    expect(judge(ran({ exitCode: 1, stderr: '\u001b[2Jboo' })).message).toMatch(/exits with 1:\s+\[2Jboo$/)
  })
})

test.each([
  ['a/b', 'is neither the name of a program'],
  ['a b', 'is neither the name of a program'],
  ['', 'is neither the name of a program'],
  ['..', 'is neither the name of a program'],
  ['*', 'is neither the name of a program'],
])('is no program: %j', (name, message) => {
  expect(binary.schema.safeParse({ binary: name }).error?.issues[0]?.message).toContain(message)
})

test('an argument that no program can be given', () => {
  expect(binary.schema.safeParse({ binary: 'a', run: ['\0'] }).error?.issues[0]?.message).toContain('control')
})

test.each([
  [{ binary: 'iscsiadm' }, [{ ask: 'which', name: 'iscsiadm' }], []],
  [{ binary: '/sbin/x' }, [{ ask: 'which', name: '/sbin/x' }], []],
  [
    { binary: 'x', run: ['-V'] },
    [
      { ask: 'which', name: 'x' },
      { ask: 'run', argv: ['x', '-V'], isOfProgram: true },
    ],
    [['x', '-V']],
  ],
  [
    { binary: 'x', run: ['status'] },
    [
      { ask: 'which', name: 'x' },
      { ask: 'run', argv: ['x', 'status'] },
    ],
    [['x', 'status']],
  ],
])('what is asked for %j, and what is run', (written, questions, runs) => {
  const spec = binary.schema.parse(written)
  expect(binary.questions(spec, debian)).toEqual(questions)
  expect(binary.runs?.(spec)).toEqual(runs)
})

test('version needs run', () => {
  expect(binary.schema.safeParse({ binary: 'a', version: '>=1' }).error?.issues[0]?.message).toContain(
    'version needs run',
  )
})

function ran(result: Partial<RunResult>): Answer<RunResult> {
  return found({ exitCode: 0, signal: null, stdout: '', stderr: '', truncated: false, ...result })
}
