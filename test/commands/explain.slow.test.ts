import { execa } from 'execa'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Explanation } from '#agent/model/explanation.ts'
import { unprintable } from '#agent/model/plain.ts'
import { hostdeps } from '../hosts/cli.ts'
import { main } from '../hostdeps-main.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-explain-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const nsenter = 'nsenter: failed to execute iscsiadm: No such file or directory'
const manager = `time="2026-11-29T13:17:48Z" level=fatal msg="Error starting manager: Failed environment check, please make sure you have iscsiadm/open-iscsi installed on the host: failed to execute: /usr/bin/nsenter [nsenter --mount=/host/proc/1/ns/mnt --net=/host/proc/1/ns/net iscsiadm --version], output , stderr ${nsenter}\\n: exit status 127"`

function fileOf(name: string, text: string | Uint8Array): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

async function pipe(input: string, ...args: string[]) {
  return execa(process.execPath, [main, 'explain', ...args], {
    input,
    reject: false,
    env: { NO_COLOR: '1', NODE_NAME: undefined },
  })
}

async function explainJson(text: string, ...args: string[]): Promise<Explanation> {
  const { stdout, stderr } = await pipe(text, '-o', 'json', ...args)
  if (!stdout.startsWith('{')) throw new Error(stderr)
  return JSON.parse(stdout)
}

describe('without a host', () => {
  test("the story's two lines: open-iscsi first, with both lines and the meaning, exit 0", async () => {
    const run = await hostdeps('explain', '--no-host', fileOf('story.log', `${manager}\nother\n${nsenter}\n`))
    expect(run.exitCode).toBe(0)
    expect(run.stdout).toMatch(/^Likely: .*\(open-iscsi: iSCSI initiator/)
    expect(run.stdout).toContain('line 3, the last of 2')
    expect(run.stdout).toContain(`    ${nsenter}\n`)
    expect(run.stdout).toMatch(/The same is needed by: .*longhorn/)
    expect(run.stdout).not.toContain('as root on')
  })

  test.each([
    [
      'nothing that points to a host',
      'all is well\n',
      4,
      /^Nothing in this log points to something that the host lacks\.$/m,
    ],
    ['an empty text', '', 4, /^Nothing/],
    [
      'what may be about the image',
      'sh: 1: frobctl: not found\n',
      0,
      /may as well be about the container, its image/,
    ],
    [
      'a complaint that is taken back',
      `${nsenter}\ncontinuing without iscsiadm\n`,
      0,
      /But line 2 takes it back/,
    ],
  ])('%s', async (_, text, exitCode, said) => {
    const run = await pipe(text, '--no-host')
    expect(run.stdout).toMatch(said)
    expect(run.exitCode).toBe(exitCode)
  })

  test('-: the same as what is piped in', async () => {
    const [piped, named] = [await pipe(nsenter, '--no-host'), await pipe(nsenter, '--no-host', '-')]
    expect(named.stdout).toBe(piped.stdout)
  })

  test('what the exit code means', async () => {
    const run = await pipe('', '--no-host', '--exit-code', '137')
    expect(run.stdout).toMatch(/^Exit code 137: SIGKILL: out of memory/m)
    expect(run.exitCode).toBe(4)
  })

  test('one that was killed is not accused', async () => {
    const { causes } = await explainJson(nsenter, '--no-host', '--exit-code', '137')
    expect(causes[0]).toMatchObject({ verdict: 'likely', confidence: 'possible' })
  })

  test('a custom check explains too', async () => {
    const checks = mkdtempSync(join(folder, 'checks-'))
    const symptom = "symptoms:\n  - { log: 'frobnication impossible', means: there is no frobnicator }\n"
    writeFileSync(
      join(checks, 'frob.yaml'),
      `title: Frob\nwhy: It frobs.\nneeds:\n  - binary: frob\n${symptom}`,
    )
    const { causes } = await explainJson('ERROR frobnication impossible', '--no-host', '--checks', checks)
    expect(causes).toMatchObject([{ check: 'frob', means: 'there is no frobnicator' }])
  })
})

describe('a wrong command line', () => {
  test.each([
    ['a file that is not there', ['/nowhere.log'], /the log could not be read: ENOENT/],
    ['a folder', [folder], /the log could not be read: EISDIR/],
    ['an exit code that is none', ['--exit-code', '300'], /must be an exit code/],
    ['a format that is none', ['-o', 'xml'], /Allowed choices are text, json/],
  ])('%s', async (_, args, said) => {
    const run = await hostdeps('explain', '--no-host', ...args)
    expect(run.stderr).toMatch(said)
    expect(run.exitCode).toBe(2)
  })
})

describe('on this machine', () => {
  test('what is there is dismissed in one line, what is missing is confirmed, what is unknown to checks is asked too', async () => {
    const { host, causes } = await explainJson(
      [
        'chroot: failed to run command ‘sh’: No such file or directory',
        'nsenter: failed to execute hostdeps-none: No such file or directory',
        'sh: 1: hostdeps-image: not found',
      ].join('\n'),
    )
    expect(host).not.toBeNull()
    expect(causes).toMatchObject([
      { verdict: 'confirmed', check: null, subject: { name: 'hostdeps-none' }, state: 'missing' },
      { verdict: 'likely', subject: { name: 'hostdeps-image' }, state: 'missing' },
      { verdict: 'not here', subject: { name: 'sh' }, state: 'ready', fix: null },
    ])
  })

  test('a name that no question may hold is not asked about', async () => {
    const { causes } = await explainJson(
      `nsenter: failed to execute ${'a'.repeat(100)}/../${'b'.repeat(20)}: No such file or directory`,
    )
    expect(causes).toMatchObject([{ verdict: 'likely', state: null }])
  })
})

test('whatever a log holds, what is printed is harmless', async () => {
  const hostile = `\u001b]0;x\u0007\u202e${nsenter}\u001b[2J\u2028 $(reboot)\nsh: 1: \u001b[31mx;reboot\u0007: not found\n`
  const run = await pipe(hostile, '--no-host')
  expect(run.stdout).toContain('open-iscsi')
  expect(run.stdout.replaceAll('\n', '')).not.toMatch(new RegExp(`[${unprintable}]`, 'u'))
})
