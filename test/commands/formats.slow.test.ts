import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { main } from '../hostdeps-main.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-formats-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** @param before what is done before the program starts, as JavaScript */
const run = (args: readonly string[], before = '') =>
  execa(process.execPath, ['--import', `data:text/javascript,${before}`, main, ...args], { reject: false })

test.each([
  [['check', '-o', 'nagios', '--bogus'], /unknown option '--bogus'/],
  [['check', '-onagios', '--deadline', 'xx'], /'xx' is invalid.*from 100ms to 60s/],
  [['check', 'no-such-check', '--output=nagios'], /no-such-check/],
  [['check', '--config', '/nowhere/config.yaml', '--output', 'nagios'], /\/nowhere\/config\.yaml/],
])('%j is UNKNOWN to Nagios, which knows no wrong usage', async (args, words) => {
  const { exitCode, stdout } = await run(args)
  expect(stdout).toMatch(/^HOSTDEPS UNKNOWN: [^|\n]+$/)
  expect([exitCode, stdout]).toEqual([3, expect.stringMatching(words)])
})

test('what Nagios asked for and is lost is UNKNOWN, and the same help is help', async () => {
  const argv = [process.execPath, main, 'check', 'overlay', '-o', 'nagios']
  const lost = await execa('sh', ['-c', 'exec "$@" > /dev/full', 'sh', ...argv], { reject: false })
  expect(lost.exitCode).toBe(3)
  expect((await run(['check', '-o', 'nagios', '--help'])).exitCode).toBe(0)
  expect((await run(['check', '-o', 'json', '--bogus'])).exitCode).toBe(2)
})

test('two checks that node-problem-detector would take for one are not written', async () => {
  for (const name of ['a-1', 'a1'])
    writeFileSync(
      join(folder, `${name}.yaml`),
      `title: ${name}\nwhy: It is a test.\nneeds:\n  - file: /etc\n`,
    )
  const { exitCode, stdout, stderr } = await run(['check', 'a-1', 'a1', '-o', 'npd', '--checks', folder])
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toContain('a-1 and a1 would be one condition, hostdeps.dev/A1Ready: ')
  expect((await run(['check', 'a1', '-o', 'npd', '--checks', folder])).stdout).toContain('"A1Missing"')
})

const onMac = "Object.defineProperty(process, 'platform', { value: 'darwin' })"

test('on a Mac, what asks a host says that it cannot, and a log is explained by itself', async () => {
  const log = join(folder, 'crash.log')
  writeFileSync(log, 'nsenter: failed to execute iscsiadm: No such file or directory\n')
  for (const args of [['check'], ['fix', 'open-iscsi'], ['run', '--port', '0']])
    expect(await run(args, onMac)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^hostdeps asks Linux hosts, and this is darwin: /),
    })
  const [mac, linux] = [await run(['explain', log], onMac), await run(['explain', log, '--no-host'])]
  expect([mac.exitCode, mac.stdout]).toEqual([0, linux.stdout])
})
