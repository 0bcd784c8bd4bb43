import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { execa } from 'execa'
import type { Answer, RunResult } from '#agent/model/question.ts'
import { captureOutput } from './capture-output.ts'
import type { Captured } from './capture-output.ts'
import { createSweeper, markName, startedAt } from './kill-marked.ts'
import { noteSweep } from './sweeps.ts'
import { within } from './within.ts'

export interface RunOptions {
  readonly env: Readonly<Record<string, string>>
  /** Milliseconds. */
  readonly deadline: number
  /** Milliseconds of the deadline already used. */
  readonly spent?: number
}

/** A running program: its answer always comes in time, its end may never come. */
export interface Running {
  readonly answer: Promise<Answer<RunResult>>
  /** Resolves when the process is gone; one in uninterruptible sleep (D state) ignores even SIGKILL. */
  readonly gone: Promise<void>
}

/** What we start is in our own PID namespace, and seen in our own /proc. */
const ownProcesses = '/proc'
const sweeper = createSweeper(ownProcesses)

/** Processes that hang while they look for what a run left behind. */
export const stuckSweeps = () => sweeper.stuck()
/** Processes that were ever started to look for it. */
export const startedSweeps = () => sweeper.started()

/** How long after the deadline to wait until a killed process is reaped. Milliseconds. */
const reapTime = 100

/**
 * Runs a program without a shell, in `/`, with the given environment and no standard input.
 *
 * The answer is complete: it also waits for the end of the output, which a process left behind may hold open.
 *
 * The deadline does not trust the child. Every run has a mark in its environment; at the deadline its process group is
 * killed, and then whatever left the group but still has the mark. The wait ends {@link reapTime} after the deadline, even
 * if a process is still alive.
 */
export function runProgram(
  argv: readonly [string, ...string[]],
  { env, deadline, spent = 0 }: RunOptions,
): Running {
  const mark = randomUUID()
  const [file, ...args] = argv
  const child = execa(file, args, {
    cwd: '/',
    env: { ...env, [markName]: mark },
    extendEnv: false,
    stdin: 'ignore',
    buffer: false,
    reject: false,
    killSignal: 'SIGKILL',
    killDescendants: true,
  })
  // Before its end can be noticed, so that it is there even if it has ended.
  const since = startedAt(ownProcesses, child.pid)
  const output = captureOutput(child.nodeChildProcess)
  const ended = endOf(child.nodeChildProcess, child)
  return {
    answer: finish(() => child.kill('SIGKILL'), { output, ended, mark, since, deadline, spent }),
    gone: ended.then(() => undefined),
  }
}

interface End {
  readonly exitCode: number | null
  readonly signal: string | null
  /** Why it could not be started. */
  readonly error: NodeJS.ErrnoException | null
}

/** @param settled also resolves when the kernel refuses to start the program, for which the child emits no event */
function endOf(child: ChildProcess, settled: PromiseLike<{ cause?: unknown }>): Promise<End> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal, error: null }))
    void settled.then(({ cause }) => {
      if (child.pid === undefined && cause instanceof Error)
        resolve({ exitCode: null, signal: null, error: cause })
    })
  })
}

interface Watched {
  readonly output: Captured
  readonly ended: Promise<End>
  readonly mark: string
  /** When it was started, clock ticks since boot. */
  readonly since: number
  readonly deadline: number
  readonly spent: number
}

async function finish(killGroup: () => void, watched: Watched): Promise<Answer<RunResult>> {
  const { output, ended, mark, since, deadline, spent } = watched
  let hasEnded = false
  const whole = ended.then(async (end) => {
    hasEnded = true
    if (end.error === null) await output.closed
    return end
  })
  const end = await within(whole, deadline - spent)
  const left = hasEnded ? '; it ended, but a process that it started keeps its output open' : ''
  if (end === null) {
    killGroup()
    await Promise.all([within(ended, reapTime), within(noteSweep(sweeper.kill(mark, since)), reapTime)])
  }
  output.stop()
  if (end !== null) return answerOf(end, output)
  const detail = `no answer within ${deadline} ms${left}${sweeper.isStopped() ? unswept : ''}`
  return { fate: 'timed-out', detail }
}

const unswept = '; what it started may go on: too many processes hang while they look for such'

/** Uses a shell's exit codes for a program that could not be started: 127 it or its interpreter is absent, 126 refused. */
function answerOf(end: End, output: Captured): Answer<RunResult> {
  const { stdout, stderr, truncated } = output.text()
  if (end.error === null) {
    const { exitCode, signal } = end
    return { fate: 'found', value: { exitCode, signal, stdout, stderr, truncated } }
  }
  const { code, message } = end.error
  if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'ENOEXEC') return { fate: 'failed', detail: message }
  const reason =
    code === 'ENOENT'
      ? 'No such file or directory'
      : code === 'EACCES'
        ? 'Permission denied'
        : 'Exec format error'
  const exitCode = code === 'ENOENT' ? 127 : 126
  return {
    fate: 'found',
    value: { exitCode, signal: null, stdout, stderr: `cannot execute: ${reason}`, truncated },
  }
}
