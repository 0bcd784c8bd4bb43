import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, describe, expect, test } from 'vitest'
import { formats } from '#agent/render/formats.ts'
import { fakeSource, makeReport } from './http/report-fixture.ts'
import { serve } from './http/serve.ts'
import { readNpdConfig } from './install/readers/npd-config.ts'
import { hasProgram } from './setup/has-program.ts'

const script = new URL('../examples/npd-ready.sh', import.meta.url).pathname
const shows = 'that the plugin works'
const shells = [['sh'], ['busybox', 'sh']].filter((shell) => hasProgram([...shell, '-c', ':'], { shows }))
const hasCurl = hasProgram(['curl', '--version'], { shows })
const hasShellcheck = hasProgram(['shellcheck', '--version'], {
  shows: 'that the plugin is without mistakes',
})

test.skipIf(!hasShellcheck)('shellcheck has nothing to complain of', async () => {
  await execa('shellcheck', ['--enable=all', '--exclude=SC2250', script])
})

describe.skipIf(!hasCurl).each(shells)('the plugin, by %s %s', (...shell) => {
  const [program = '', ...args] = shell.filter((word) => word !== undefined)
  const ask = (check: string, url: string) =>
    execa(program, [...args, script, check], { reject: false, env: { HOSTDEPS_URL: url } })

  test.each([
    ['kubernetes-node', 0, 'ready'],
    ['time-sync', 0, 'ready'],
    ['gpu', 0, 'ready'],
    ['open-iscsi', 1, "missing: iscsiadm is not on the host's PATH (and 1 more) (BinaryNotFound)"],
    ['nfs-client', 2, 'unknown: no permission to check /etc/nfs.conf: EACCES (PermissionDenied)'],
  ])('%s: exit %i, and the reason in a line', async (check, exitCode, stdout) => {
    const { server } = await serve(fakeSource(makeReport()))
    expect(await ask(check, server.address)).toMatchObject({ exitCode, stdout, stderr: '' })
  })

  test('what is no check, or no agent, is unknown', async () => {
    const { server } = await serve(fakeSource(makeReport()))
    const { exitCode, stdout } = await ask('nope', server.address)
    expect([exitCode, stdout.split('\n')]).toEqual([2, [expect.stringContaining('nope')]])
    expect(await ask('gpu', 'http://127.0.0.1:1')).toMatchObject({
      exitCode: 2,
      stdout: expect.stringMatching(/^unknown: curl: \(7\) /),
    })
    expect((await ask('', server.address)).exitCode).toBe(2)
  })

  test('an agent without a round yet is unknown', async () => {
    const { server } = await serve(fakeSource(null))
    expect((await ask('gpu', server.address)).exitCode).toBe(2)
  })
})

describe('the config beside it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-npd-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const config = readNpdConfig(formats.npd(makeReport()), (path) => path === '/custom-config/npd-ready.sh')

  test('each rule calls the script, which needs no more than the rule allows', () => {
    expect(config.rules.map(({ args }) => args)).toEqual(makeReport().checks.map(({ name }) => [name]))
    for (const { timeout = 0 } of config.rules) expect(timeout).toBeGreaterThan(6_000)
  })

  // An agent that hangs: curl's own limit ends it before the rule's would.
  test.skipIf(!hasCurl)('curl is told to end before the rule does', async () => {
    const curl = join(folder, 'curl')
    writeFileSync(curl, '#!/bin/sh\necho "$*"\nexit 28\n')
    chmodSync(curl, 0o755)
    const { stdout, exitCode } = await execa('sh', [script, 'gpu'], {
      reject: false,
      env: { PATH: `${folder}:${process.env['PATH']}` },
    })
    expect(exitCode).toBe(2)
    expect(Number(/--max-time (\d+)/.exec(stdout)?.[1]) * 1_000).toBeLessThan(config.rules[0]?.timeout ?? 0)
  })
})
