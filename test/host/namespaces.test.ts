import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa, execaSync } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHost } from '../../agent/host/open-host.ts'
import { watchHost } from '../../agent/host/watch-host.ts'
import type { Question } from '../../agent/model/question.ts'

const isRoot = process.getuid?.() === 0
if (!isRoot) console.warn('SKIPPED: entering namespaces is tested by root alone')

/** A process in mount and network namespaces of its own, with a folder that is seen only there. */
describe.runIf(isRoot)('a host in another mount namespace', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-ns-'))
  const inside = join(folder, 'inside')
  let sleeper: { kill(signal: 'SIGKILL'): boolean } & PromiseLike<unknown>
  let pid = 0

  beforeAll(async () => {
    mkdirSync(inside)
    const script = `mount -t tmpfs tmpfs ${inside} && mkdir -p ${inside}/bin ${inside}/lib && mount --bind ${inside}/lib /var/lib/dpkg && echo 1 > /proc/sys/net/ipv4/ip_forward && echo ready && exec sleep 600`
    const started = execa('unshare', ['-mn', '--propagation', 'private', 'sh', '-c', script], {
      reject: false,
      buffer: false,
    })
    sleeper = started
    await new Promise((resolve) => started.stdout.once('data', resolve))
    pid = started.pid ?? 0
    writeFileSync(`/proc/${pid}/root${inside}/only-here`, 'yes')
    writeFileSync(`/proc/${pid}/root${inside}/tool`, `#!/bin/sh\ncat ${inside}/only-here\n`, { mode: 0o755 })
  })
  afterAll(async () => {
    sleeper.kill('SIGKILL')
    await sleeper
    rmSync(folder, { recursive: true, force: true })
  })

  const ask = async (question: Question) => {
    const host = openHost({ procfs: '/proc', targetPid: pid, deadlineMs: 5_000 })
    return (await host.ask([question]))[0]?.[1]
  }

  test('can be entered', async () => {
    expect(await openHost({ procfs: '/proc', targetPid: pid, deadlineMs: 5_000 }).selfTest()).toBeNull()
  })

  test('its files are read there', async () => {
    expect(await ask({ ask: 'read', path: `${inside}/only-here` })).toEqual({
      fate: 'found',
      value: { text: 'yes' },
    })
  })

  test('its programs run there', async () => {
    expect(await ask({ ask: 'run', argv: [`${inside}/tool`] })).toMatchObject({
      value: { exitCode: 0, stdout: 'yes' },
    })
  })

  test('its network settings are those of its own namespace', async () => {
    const question = { ask: 'read', path: '/proc/sys/net/ipv4/ip_forward' } as const
    expect(await ask(question)).toEqual({ fate: 'found', value: { text: '1\n' } })
    expect(readFileSync(question.path, 'utf8')).toBe(execaSync('cat', [question.path]).stdout + '\n')
  })

  test('a named process is found by its name, and one that is not there is no proof of anything', async () => {
    const named = { ask: 'read', path: `${inside}/only-here`, in: 'sleep' } as const
    expect((await ask({ ...named, in: 'no-such-proc' }))?.fate).toBe('failed')
    expect(['found', 'absent']).toContain((await ask(named))?.fate)
  })

  test('a burst of changes is told once, soon', async () => {
    const told: number[] = []
    const watcher = watchHost({ procfs: '/proc', targetPid: pid })
    const stop = watcher.watch(() => void told.push(performance.now()))
    expect(watcher.places.watched).toBeGreaterThan(5)
    const start = performance.now()
    for (let index = 0; index < 50; index++)
      writeFileSync(`/proc/${pid}/root/var/lib/dpkg/status-${index}`, 'x')
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    stop()
    expect(told).toHaveLength(1)
    expect((told[0] ?? 0) - start).toBeLessThan(1_500)
  })
})

describe('a host that cannot be asked', () => {
  test('a process that is not there', async () => {
    const host = openHost({ procfs: '/proc', targetPid: 4_194_304, deadlineMs: 1_000 })
    expect(await host.selfTest()).toEqual({ fate: 'failed', detail: 'there is no process 4194304 of /proc' })
  })

  test.runIf(isRoot)('a process whose namespace is closed to us', async () => {
    const script = `process.setuid(65534)
      const { openHost } = await import(${JSON.stringify(new URL('../../agent/host/open-host.ts', import.meta.url).href)})
      console.log(JSON.stringify(await openHost({ procfs: '/proc', targetPid: 1, deadlineMs: 1000 }).selfTest()))`
    const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', script])
    expect(JSON.parse(stdout)).toMatchObject({
      fate: 'denied',
      detail: expect.stringContaining('permission denied'),
    })
  })
})
