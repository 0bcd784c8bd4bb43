import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openHost } from '#agent/host/open-host.ts'
import { within } from '#agent/host/programs/within.ts'
import type { Question } from '#agent/model/question.ts'
import { patience } from '../patience.ts'
import { mountHungFuse, mountSpaceFuse } from './hungfuse.ts'

const hasPython = (await execa('python3', ['--version'], { reject: false })).exitCode === 0
const canMount = process.getuid?.() === 0 && existsSync('/dev/fuse') && hasPython
if (!canMount) {
  if (process.env['CI'] === 'true') throw new Error('a hung mount needs root, /dev/fuse and python3')
  console.warn('SKIPPED: a mount that hangs is tested by root alone, where /dev/fuse and python3 are')
}

describe.runIf(canMount)('a mount that hangs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-hung-'))
  const hung = join(folder, 'hung')
  /** Long enough for what does not hang, on a busy machine too. */
  const deadlineMs = 4_000
  let mount: { unmount(): Promise<void> }

  beforeAll(async () => {
    mkdirSync(hung)
    writeFileSync(join(folder, 'plain'), 'plain')
    symlinkSync(join(hung, 'file'), join(folder, 'link'))
    mount = await mountHungFuse(hung)
  })
  afterAll(async () => {
    await mount?.unmount()
    rmSync(folder, { recursive: true, force: true })
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(folder)
    // What hung on it ends by an error now, which takes it a moment.
    await vi.waitFor(
      async () => expect((await execa('pgrep', ['-f', folder], { reject: false })).stdout).toBe(''),
      patience,
    )
  })

  test('really hangs, even for SIGKILL', async () => {
    const child = execa('stat', [join(hung, 'file')], { reject: false })
    expect(await within(child, 300)).toBeNull()
    child.kill('SIGKILL')
    expect(await within(child, 300)).toBeNull()
  })

  test('is timed out; other answers come, and the process goes on meanwhile', async () => {
    const questions: Question[] = [
      { ask: 'read', path: join(hung, 'file') },
      { ask: 'read', path: join(folder, 'link') },
      { ask: 'stat', path: hung },
      { ask: 'list', path: hung },
      { ask: 'space', path: hung },
      { ask: 'readAll', path: hung, suffix: '.conf' },
      { ask: 'which', name: join(hung, 'tool') },
      { ask: 'run', argv: [join(hung, 'tool')] },
      { ask: 'read', path: join(folder, 'plain') },
      { ask: 'which', name: 'sh' },
    ]
    let ticks = 0
    const ticking = setInterval(() => ticks++, 10)
    const start = performance.now()
    const answers = await openHost({ procfs: '/proc', targetPid: null, deadline: () => deadlineMs }).ask(
      questions,
    )
    const took = Math.round(performance.now() - start)
    clearInterval(ticking)
    console.log(
      `ten questions, eight of them on a mount that hangs: ${took} ms with a deadline of ${deadlineMs} ms, ${ticks} ticks of 10 ms meanwhile`,
    )
    const fates = questions.map((question) => answers.find(([asked]) => asked === question)?.[1].fate)
    expect(fates).toEqual([...Array.from({ length: 8 }, () => 'timed-out'), 'found', 'found'])
    // Hung, the process would not tick once.
    expect(ticks).toBeGreaterThan(2)
  })

  test('says which mount does not answer', async () => {
    const answers = await openHost({ procfs: '/proc', targetPid: null, deadline: () => deadlineMs }).ask([
      { ask: 'read', path: join(folder, 'link') },
    ])
    expect(answers[0]?.[1]).toEqual({ fate: 'timed-out', detail: `the mount ${hung} does not answer` })
  })
})

describe.runIf(canMount)("a mount that hangs on the host's PATH", () => {
  /** Long enough for what does not hang, on a busy machine too. */
  const deadlineMs = 4_000
  let sleeper: { kill(signal: 'SIGKILL'): boolean } & PromiseLike<unknown>
  let targetPid = 0
  let mount: { unmount(): Promise<void> }

  beforeAll(async () => {
    const argv = ['-m', '--propagation', 'private', 'sh', '-c', 'echo ready; exec sleep 600']
    const started = execa('unshare', argv, { reject: false, buffer: false })
    sleeper = started
    await new Promise((resolve) => started.stdout.once('data', resolve))
    targetPid = started.pid ?? 0
    mount = await mountHungFuse('/usr/local/bin', targetPid)
  })
  afterAll(async () => {
    await mount?.unmount()
    sleeper?.kill('SIGKILL')
    await sleeper
  })

  test('leaves programs that are named by their path, and proves nothing of any other', async () => {
    const questions: Question[] = [
      { ask: 'which', name: 'sh' },
      { ask: 'which', name: '/usr/bin/env' },
      { ask: 'run', argv: ['/usr/bin/env', '--version'] },
      { ask: 'run', argv: ['env', '--version'] },
    ]
    const start = performance.now()
    const answers = await openHost({ procfs: '/proc', targetPid, deadline: () => deadlineMs }).ask(questions)
    const took = Math.round(performance.now() - start)
    console.log(`a program behind a mount that hangs: ${took} ms with a deadline of ${deadlineMs} ms`)
    const fates = questions.map((question) => answers.find(([asked]) => asked === question)?.[1].fate)
    expect(fates).toEqual(['timed-out', 'found', 'found', 'timed-out'])
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(' /usr/local/bin ')
  })
})

describe.runIf(canMount)('a mount that counts in other blocks than it reads in', () => {
  const place = mkdtempSync(join(tmpdir(), 'hostdeps-space-'))
  let mount: { unmount(): Promise<void> }

  beforeAll(async () => {
    mount = await mountSpaceFuse(place)
  })
  afterAll(async () => {
    await mount?.unmount()
    rmSync(place, { recursive: true })
  })

  test('has the space that df tells', async () => {
    const df = await execa('df', ['--block-size=1', '--output=size,avail', place])
    const [size, free] = df.stdout.trim().split('\n').at(-1)?.trim().split(/\s+/).map(Number) ?? []
    expect(size).toBe(10_000 * 4096)
    const host = openHost({ procfs: '/proc', targetPid: null, deadline: () => 60_000 })
    const [entry] = await host.ask([{ ask: 'space', path: place }])
    expect(entry?.[1]).toMatchObject({ fate: 'found', value: { size, free, inodes: 100, inodesFree: 40 } })
  })
})
