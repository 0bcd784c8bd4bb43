import { execa } from 'execa'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { freePorts } from '../free-ports.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-output-'))
const env = { NO_COLOR: '1', NODE_NAME: undefined, KUBECONFIG: '/nowhere' }
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** /dev/full takes nothing, as a full disk. */
test.each([
  'check',
  'checks schema',
  'checks list',
  'checks show longhorn',
  '--help',
  'check --help',
  '--version',
])('%s on a full disk says so and fails', async (words) => {
  const { exitCode, stderr } = await shell(`hostdeps ${words} > /dev/full`)
  expect(stderr).toBe('hostdeps: could not write to stdout: ENOSPC: no space left on device, write')
  expect(exitCode).toBe(1)
})

test.each([
  ['checks lint > /dev/full 2>&1', 1],
  ['check nope 2> /dev/full', 1],
  ['checks list 2> /dev/full', 0],
  ['checks schema | head -1; exit ${PIPESTATUS[0]}', 0],
  ['check nope 2>&1 | head -c 1; exit ${PIPESTATUS[0]}', 2],
])('hostdeps %s ends with %i', async (words, wanted) => {
  expect((await shell(`hostdeps ${words}`)).exitCode).toBe(wanted)
})

test('output that fits only in part is lost, and reported', async () => {
  const file = join(folder, 'short')
  const { exitCode, stderr } = await shell(`(ulimit -f 8; hostdeps checks schema > ${file})`)
  expect(statSync(file).size).toBe(8_192)
  expect(stderr).toBe('hostdeps: could not write to stdout: EFBIG: file too large, write')
  expect(exitCode).toBe(1)
})

test('a full disk does not end an agent: it keeps serving and reports the error', async () => {
  const [port = 0] = await freePorts(1)
  const script = 'exec "$0" agent/main.ts run --port "$1" > /dev/full'
  const argv = ['-c', script, process.execPath, String(port)]
  const agent = execa('bash', argv, { reject: false, forceKillAfterDelay: 5_000, env })
  const statusOf = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`).then(
      ({ status }) => status,
      () => 0,
    )
  await expect.poll(() => statusOf('/v1/report')).toBe(200)
  agent.kill('SIGINT')
  const { exitCode, stderr } = await agent
  expect(stderr).toBe('hostdeps: could not write to stdout: ENOSPC: no space left on device, write')
  expect(exitCode).toBe(1)
})

function shell(script: string) {
  const hostdeps = `hostdeps() { '${process.execPath}' agent/main.ts "$@"; }`
  return execa('bash', ['-c', `${hostdeps}\n${script}`], { reject: false, env })
}
