import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { markName } from '#agent/host/programs/kill-marked.ts'
import { createRuns } from '#agent/host/programs/single-flight.ts'
import { runProgram } from '#agent/host/programs/run-program.ts'
import { within } from '#agent/host/programs/within.ts'
import type { Running } from '#agent/host/programs/run-program.ts'
import type { Answer, RunResult } from '#agent/model/question.ts'
import { execa } from 'execa'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-run-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }
/** Milliseconds: a deadline that no test lives to see. */
const aDay = 86_400_000

describe('a program that ends', () => {
  test.each<[string, [string, ...string[]], Partial<RunResult>]>([
    ['well', ['echo', 'hello'], { exitCode: 0, stdout: 'hello\n', stderr: '' }],
    ['badly', ['sh', '-c', 'echo no >&2; exit 7'], { exitCode: 7, stderr: 'no\n' }],
    ['by a signal', ['sh', '-c', 'kill -9 $$'], { exitCode: null, signal: 'SIGKILL' }],
    [
      'before it began: it is not there',
      ['/no/such/program'],
      { exitCode: 127, stderr: 'cannot execute: No such file or directory' },
    ],
    ['before it began: a folder', ['/usr'], { exitCode: 126, stderr: 'cannot execute: Permission denied' }],
    ['without reading what is not there', ['cat'], { exitCode: 0, stdout: '' }],
  ])('%s', async (_, argv, wanted) => {
    expect(await run(argv)).toMatchObject({ fate: 'found', value: wanted })
  })

  test('whose interpreter is not there', async () => {
    const script = program('orphan', '#!/no/such/interpreter\n')
    expect(await run([script])).toMatchObject({ value: { exitCode: 127 } })
  })

  test.each([
    ['an argument that is too long', ['echo', 'x'.repeat(200_000)], 'spawn E2BIG'],
    ['a file where a folder should be', ['/etc/passwd/tool'], 'spawn ENOTDIR'],
  ] as const)('before it began, at once: %s', async (_, argv, detail) => {
    // Were it by the deadline, this test would not see its end.
    expect(await run([...argv], aDay)).toEqual({ fate: 'failed', detail })
  })

  test('before it began: no x', async () => {
    const script = program('plain', '#!/bin/sh\n')
    chmodSync(script, 0o644)
    expect(await run([script])).toMatchObject({
      value: { exitCode: 126, stderr: 'cannot execute: Permission denied' },
    })
  })

  test('sees nothing of our environment', async () => {
    process.env['HOSTDEPS_SECRET'] = 'x'
    const answer = await run(['env'])
    const names =
      answer.fate === 'found' ? answer.value.stdout.split('\n').map((line) => line.split('=')[0]) : []
    expect(new Set(names.filter(Boolean))).toEqual(new Set([markName, 'LC_ALL', 'PATH']))
  })

  test('and prints more than is kept', async () => {
    const answer = await run(['sh', '-c', 'head -c 10000000 /dev/zero'])
    expect(answer).toMatchObject({ value: { exitCode: 0, truncated: true } })
    expect(answer.fate === 'found' && answer.value.stdout.length).toBe(4 * 1024 * 1024)
  })
})

/** Each sleeps for a time of its own, by which its processes are found. */
const hanging: [title: string, script: (time: string) => string][] = [
  ['sleeps', (time) => `sleep ${time}`],
  ['waits for a child in a session of its own', (time) => `setsid sleep ${time} & wait`],
  [
    'left children in sessions of their own',
    (time) => `setsid setsid sleep ${time} & setsid sleep ${time} & sleep ${time}`,
  ],
  ['ignores signals', (time) => `trap '' TERM INT HUP; while :; do sleep ${time}; done`],
  ['ended, while its child keeps stdout open', (time) => `sleep ${time} & exit 0`],
  ['ended, while a child in its own session keeps stdout open', (time) => `setsid sleep ${time} & exit 0`],
  ['forks all the time', (time) => `while :; do setsid sleep ${time} & sleep 0.05; done`],
]

describe.concurrent('a program that hangs is timed out, and nothing of it is left', () => {
  test.for(hanging)('one that %s', async ([title, script], { expect }) => {
    const time = `${process.pid}00${hanging.findIndex(([other]) => other === title)}`
    // One that ends must have ended by then, on a busy machine too.
    const deadline = 4_000
    const start = performance.now()
    const answer = await run(['sh', '-c', script(time)], deadline)
    const took = Math.round(performance.now() - start)
    console.log(`one that ${title}: ${took - deadline} ms after its deadline`)
    const left = title.startsWith('ended')
      ? '; it ended, but a process that it started keeps its output open'
      : ''
    expect(answer).toEqual({ fate: 'timed-out', detail: `no answer within ${deadline} ms${left}` })
    const survivors = () => execa('pgrep', ['-f', `sleep ${time}`], { reject: false })
    await expect.poll(async () => (await survivors()).stdout).toBe('')
  })
})

test('a deadline that is partly over is shorter', async () => {
  const { answer } = runProgram(['sleep', '1000099'], { env, deadline: aDay, spent: aDay - 300 })
  expect(await answer).toEqual({ fate: 'timed-out', detail: `no answer within ${aDay} ms` })
})

describe('runs never pile up', () => {
  const ok: Answer<RunResult> = {
    fate: 'found',
    value: { exitCode: 0, signal: null, stdout: '', stderr: '', truncated: false },
  }
  const late: Answer<RunResult> = { fate: 'timed-out', detail: 'no answer' }

  test('a question asked twice at the same time is run once', async () => {
    const runs = createRuns()
    let started = 0
    const start = (): Running => {
      started++
      return { answer: Promise.resolve(ok), gone: Promise.resolve() }
    }
    await Promise.all([runs.ask('q', start), runs.ask('q', start)])
    expect(started).toBe(1)
  })

  test('after a timeout the next ask waits only a little, and the answer that comes late is given then', async () => {
    const runs = createRuns()
    await runs.ask('q', () => ({ answer: Promise.resolve(late), gone: Promise.resolve() }))
    const slow = Promise.withResolvers<Answer<RunResult>>()
    // Until the answer comes it would wait for ever.
    expect((await runs.ask('q', () => ({ answer: slow.promise, gone: Promise.resolve() }))).fate).toBe(
      'timed-out',
    )
    slow.resolve(ok)
    await slow.promise
    await within(new Promise(() => {}), 10)
    expect(await runs.ask('q', () => ({ answer: Promise.resolve(late), gone: Promise.resolve() }))).toBe(ok)
  })

  test('an answer that was returned is not returned again as a late one', async () => {
    const runs = createRuns()
    await runs.ask('q', () => ({ answer: Promise.resolve(late), gone: Promise.resolve() }))
    const slow = Promise.withResolvers<Answer<RunResult>>()
    const start = () => ({ answer: slow.promise, gone: Promise.resolve() })
    expect((await runs.ask('q', start)).fate).toBe('timed-out')
    const next = runs.ask('q', start)
    slow.resolve(ok)
    expect(await next).toBe(ok)
    const fresh = { ...ok }
    expect(await runs.ask('q', () => ({ answer: Promise.resolve(fresh), gone: Promise.resolve() }))).toBe(
      fresh,
    )
  })

  test('while a killed process still lives, its question is not run again', async () => {
    const runs = createRuns()
    const gone = Promise.withResolvers<void>()
    await runs.ask('q', () => ({ answer: Promise.resolve(late), gone: gone.promise }))
    expect(runs.abandoned()).toBe(1)
    const again = () => Promise.reject(new Error('it was run again')) as never
    expect(await runs.ask('q', again)).toMatchObject({
      fate: 'timed-out',
      detail: expect.stringContaining('D state'),
    })
    gone.resolve()
    await gone.promise
    await within(new Promise(() => {}), 1)
    expect(runs.abandoned()).toBe(0)
    expect(await runs.ask('q', () => ({ answer: Promise.resolve(ok), gone: Promise.resolve() }))).toBe(ok)
  })
})

function run(argv: readonly [string, ...string[]], deadline = 60_000): Promise<Answer<RunResult>> {
  return runProgram(argv, { env, deadline }).answer
}

function program(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, 0o755)
  return path
}
