import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execaSync } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { createSweeper, markName, startedAt } from '#agent/host/programs/kill-marked.ts'
import { createReaders, mostStuck } from '#agent/host/programs/read-apart.ts'
import type { Reading } from '#agent/host/programs/read-apart.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-sweep-'))
const started: ReturnType<typeof spawn>[] = []
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** libuv reads files with four threads; each of these would hold one for good. */
const blocked = [1001, 1002, 1003, 1004, 1005]

test('environments that block whoever reads them stop neither the sweep nor our own reads of files', async () => {
  const procfs = join(folder, 'blocked')
  const marked = run('a-mark')
  const since = startedAt('/proc', marked.pid)
  for (const pid of blocked) addBlocked(procfs, pid, since)
  symlinkSync(`/proc/${marked.pid}`, join(procfs, String(marked.pid)))
  const sweeper = createSweeper(procfs, createReaders(undefined, 1_000))
  // On a busy machine a read that does not block may be late too.
  const sweep = async () => {
    await sweeper.kill('a-mark', since)
    return marked.signalCode
  }
  await expect.poll(sweep).toBe('SIGKILL')
  expect(await readFile('/proc/self/comm', 'utf8')).not.toBe('')
  // What read them could be killed, and was.
  await expect.poll(() => sweeper.stuck()).toBe(0)
  expect(execaSync('pgrep', ['-f', `${procfs}/`], { reject: false }).stdout).toBe('')
})

test('what was started before the run is not looked at', async () => {
  const procfs = join(folder, 'older')
  const older = run('the-mark')
  addBlocked(procfs, 1001, 1)
  symlinkSync(`/proc/${older.pid}`, join(procfs, String(older.pid)))
  const reads: string[] = []
  const readers = createReaders((paths) => {
    reads.push(...paths)
    return { text: Promise.resolve(''), kill: () => {} }
  })
  await createSweeper(procfs, readers).kill('the-mark', startedAt('/proc', older.pid) + 1)
  expect(reads).toEqual([])
})

test('a process of another mark, and one of which the mark is but a part, go on', async () => {
  const others = [run('another'), run('the-mark-and-more')]
  const procfs = join(folder, 'others')
  mkdirSync(procfs)
  for (const { pid } of others) symlinkSync(`/proc/${pid}`, join(procfs, String(pid)))
  await createSweeper(procfs).kill('the-mark', 0)
  expect(others.map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([null, null])
})

test('two sweeps at a time look at the same processes, and each finds its own', async () => {
  const [one, other] = [run('one-mark'), run('other-mark')]
  const procfs = join(folder, 'two')
  mkdirSync(procfs)
  for (const { pid } of [one, other]) symlinkSync(`/proc/${pid}`, join(procfs, String(pid)))
  const ended = [one, other].map((child) => new Promise((resolve) => child.once('exit', resolve)))
  const sweeper = createSweeper(procfs)
  await Promise.all(['one-mark', 'other-mark'].map((mark) => sweeper.kill(mark, 0)))
  await Promise.all(ended)
})

test('readers that cannot even be killed are counted; when there are too many no more are started', async () => {
  const procfs = join(folder, 'stuck')
  for (let pid = 1001; pid <= 1001 + 2 * mostStuck; pid++) addBlocked(procfs, pid, 100)
  const reads: string[] = []
  const endings: (() => void)[] = []
  const start = (paths: readonly string[]): Reading => {
    reads.push(paths.join(' '))
    const { promise: text, resolve } = Promise.withResolvers<null>()
    endings.push(() => resolve(null))
    return { text, kill: () => {} }
  }
  const sweeper = createSweeper(procfs, createReaders(start, 100))
  await sweeper.kill('the-mark', 0)
  await sweeper.kill('the-mark', 0)
  expect(sweeper.isStopped()).toBe(true)
  // Up to a batch more were under way when it was told.
  expect(reads.length).toBeLessThan(mostStuck + 8)
  expect(new Set(reads).size).toBe(reads.length)
  expect([sweeper.stuck(), sweeper.started()]).toEqual([reads.length, reads.length])
  for (const end of endings) end()
  await expect.poll(() => sweeper.stuck()).toBe(0)
  expect(sweeper.isStopped()).toBe(false)
})

/** A process that is alive when this returns; what it is called by is already its environment. */
function run(mark: string): ReturnType<typeof spawn> {
  const child = spawn('/bin/sleep', ['1000097'], { env: { [markName]: mark }, stdio: 'ignore' })
  started.push(child)
  return child
}

/** A FIFO that nobody writes blocks its reader as an environment does that lies on a hung FUSE mount. */
function addBlocked(procfs: string, pid: number, since: number): void {
  const place = join(procfs, String(pid))
  mkdirSync(place, { recursive: true })
  const fields = Array.from({ length: 18 }, () => '1').join(' ')
  writeFileSync(join(place, 'stat'), `${pid} (evil) S ${fields} ${since} 0\n`)
  execaSync('mkfifo', [join(place, 'environ')])
}
