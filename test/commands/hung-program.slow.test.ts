import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Report, ReportCheck } from '#agent/model/report.ts'
import { startAgent, untilStatus } from '../hosts/cli.ts'

/** An agent that serves, and one program of one check that is not there, comes, hangs, and is killed for it. */
const folder = mkdtempSync(join(tmpdir(), 'hostdeps-hung-'))
const [config, checks, tool] = [join(folder, 'config.yaml'), join(folder, 'checks'), join(folder, 'tool')]
/** While this file is there the program does not end; each of its processes writes its pid to the other. */
const [hang, pids] = [join(folder, 'hang'), join(folder, 'pids')]
let agent: Awaited<ReturnType<typeof startAgent>>

beforeAll(async () => {
  mkdirSync(checks)
  writeFileSync(join(checks, 'my-tool.yaml'), checkOf(`- binary: ${tool}\n    run: [status]`))
  writeFileSync(join(checks, 'beside.yaml'), checkOf('- binary: sh'))
  askWithin('60s')
  agent = await startAgent('--config', config, '--checks', checks, '--allow-commands')
})
afterAll(async () => {
  rmSync(hang, { force: true })
  await agent?.stop()
  for (const pid of running()) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

test('a program that is absent when the agent starts is missing; all else is answered', async () => {
  expect(await say('my-tool')).toBe('missing BinaryNotFound')
  expect(await say('beside')).toBe('ready AllReady')
})

test('when it appears, the check is ready', async () => {
  writeFileSync(
    tool,
    `#!/bin/sh\n[ -e ${hang} ] && { echo $$ >> ${pids}; setsid sleep 600 & echo $! >> ${pids}; }\nwhile [ -e ${hang} ]; do sleep 0.1; done\n`,
    { mode: 0o755 },
  )
  askWithin('59s')
  await untilStatus(`${agent.url}/ready/my-tool`, 200)
})

test('while it hangs, every request is answered with what is known', async () => {
  writeFileSync(hang, '')
  askWithin('60s')
  await expect.poll(running).toHaveLength(2)
  const paths = ['/', '/healthz', '/ready/beside', '/ready/my-tool', '/v1/report', '/metrics']
  const statuses = await Promise.all(paths.map(async (path) => (await fetch(agent.url + path)).status))
  expect(statuses).toEqual(paths.map(() => 200))
  // The run still hangs: they did not wait for it.
  expect(running()).toHaveLength(2)
  rmSync(hang)
  for (const pid of running().slice(1)) process.kill(pid, 'SIGKILL')
  await expect.poll(running).toEqual([])
})

test('at its deadline it is unknown, and no process of it is left', async () => {
  rmSync(pids)
  const before = await madeWith()
  askWithin('1s')
  await expect.poll(madeWith).not.toBe(before)
  writeFileSync(hang, '')
  await expect.poll(() => say('my-tool')).toBe('unknown DeadlineExceeded')
  expect(await say('beside')).toBe('ready AllReady')
  expect(existsSync(pids)).toBe(true)
  await expect.poll(running).toEqual([])
  rmSync(hang)
  await expect.poll(() => say('my-tool')).toBe('ready AllReady')
})

function checkOf(need: string): string {
  return `title: t\nwhy: w\nneeds:\n  ${need}\nfix:\n  all: { note: n }\n`
}

/** A config that changed is read within a second, and then the host is asked anew. */
function askWithin(deadline: string): void {
  writeFileSync(`${config}.new`, `interval: 5s\ndeadline: ${deadline}\n`)
  renameSync(`${config}.new`, config)
}

async function madeWith(): Promise<string> {
  const response = await fetch(`${agent.url}/v1/report`)
  return ((await response.json()) as Report).settings.hash
}

async function say(check: string): Promise<string> {
  const response = await fetch(`${agent.url}/v1/checks/${check}`)
  const { state, reason } = (await response.json()) as ReportCheck
  return `${state} ${reason}`
}

/** Of the processes that wrote their pid those that still run. */
function running(): number[] {
  const written = existsSync(pids) ? readFileSync(pids, 'utf8').split('\n').filter(Boolean).map(Number) : []
  return written.filter((pid) => existsSync(`/proc/${pid}`))
}
