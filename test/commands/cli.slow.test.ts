import { execa } from 'execa'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { unprintable } from '#agent/model/plain.ts'
import { hostdeps, hostdepsCheck, onlyCheck, startAgent } from '../hosts/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('usage', () => {
  test.each<[string, string[], number, RegExp]>([
    ['--help', ['--help'], 0, /check .*check this host once/],
    ['--version', ['--version'], 0, /^\d+\.\d+\.\d+\n/],
    ['help of a command', ['check', '--help'], 0, /--target-pid <pid>/],
    ['no command', [], 2, /Usage: hostdeps/],
    ['a command that is not there', ['chekc'], 2, /unknown command 'chekc'\s+\(Did you mean check/],
    ['a flag that is not there', ['check', '--al'], 2, /unknown option '--al'\s+\(Did you mean --all/],
    [
      'a check that is not there',
      ['check', 'open-icsi'],
      2,
      /there is no check open-icsi \(did you mean open-iscsi\?\)/,
    ],
    ['an alias', ['check', 'opensearch'], 2, /^there is no check opensearch; use elasticsearch$/m],
    [
      'a workload with a check a transport',
      ['checks', 'show', 'trident'],
      2,
      /did you mean netapp-trident-fc, netapp-trident-iscsi, .* or netapp-trident-nvme\?/,
    ],
    ['a pid that is none', ['check', '--target-pid', '0'], 2, /must be a process id/],
    ['a deadline that is none', ['check', '--deadline', 'soon'], 2, /must be a length of time/],
    [
      'a format that is none',
      ['check', '-o', 'xml'],
      2,
      /Allowed choices are summary, table, wide, json, yaml/,
    ],
    [
      'a config that is not there',
      ['check', '--config', '/nowhere.yaml'],
      2,
      /\/nowhere\.yaml:1: could not be read/,
    ],
  ])('%s', async (_, args, exitCode, said) => {
    const run = await hostdeps(...args)
    expect(run.exitCode).toBe(exitCode)
    expect(`${run.stdout}\n${run.stderr}`).toMatch(said)
  })

  test('five mistakes in a config and one in a custom check are reported at once', async () => {
    const config = join(folder, 'config.yaml')
    const checks = mkdtempSync(join(folder, 'checks-'))
    writeFileSync(config, 'chekcs: []\ninterval: 1s\ndeadline: long\nhttp: { port: x }\nunknownafter: 5m\n')
    writeFileSync(
      join(checks, 'mine.yaml'),
      'title: t\nwhy: w\nneeds:\n  - binary: sh\n    run: [-c, reboot]\n',
    )
    const run = await hostdeps('check', '--config', config, '--checks', checks)
    expect(run.exitCode).toBe(2)
    const lines = run.stderr.split('\n')
    for (const line of [1, 2, 3, 4, 5])
      expect(lines.filter((text) => text.startsWith(`${config}:${line}:`))).toHaveLength(1)
    expect(run.stderr).toContain(`${checks}/mine.yaml:4: needs[0]: custom checks may not run sh -c reboot`)
  })
})

/** ESC and CR move a terminal's cursor, U+202E turns what follows, U+200B is not seen. */
describe('text from the command line is shown harmless', () => {
  const odd = 'a\u001b[31mb\rc\u202ed\u200b'

  test.each<[string, string[]]>([
    ['a check', ['check', odd]],
    ['a check to show', ['checks', 'show', odd]],
    ['a check to wait for', ['wait', odd, '--url', 'http://localhost:1']],
    ['a command', [odd]],
    ['a flag', ['check', `--${odd}`]],
    ['the value of a flag', ['check', '--deadline', odd]],
    ['a format', ['check', '-o', odd]],
    ['a config', ['check', '--config', `/${odd}`]],
  ])('%s', async (_, args) => {
    const run = await hostdeps(...args)
    expect(run.exitCode).toBe(2)
    const said = `${run.stdout}\n${run.stderr}`
    expect(said).toContain('[31mb')
    expect(said.replaceAll('\n', '')).not.toMatch(new RegExp(`[${unprintable}]`, 'u'))
  })

  test.each(['check', 'run', 'serve --round /nowhere'])('NODE_NAME, by %s', async (words) => {
    for (const name of words === 'check' ? [odd, 'Node-1', 'a_b', '-a', 'a'.repeat(254), 'a..b'] : [odd]) {
      const env = { NODE_NAME: name }
      const run = await execa(process.execPath, ['agent/main.ts', ...words.split(' ')], {
        env,
        reject: false,
      })
      expect([run.exitCode, run.stderr.startsWith('NODE_NAME is not a valid name of a Node: "')]).toEqual([
        2,
        true,
      ])
      expect(run.stderr).not.toMatch(new RegExp(`[${unprintable}]`, 'u'))
    }
  })

  test.each(['node-1', 'ip-10-0-0-1.eu.compute.internal', ''])(
    'a NODE_NAME of a Node: "%s"',
    async (name) => {
      const run = await execa(process.execPath, ['agent/main.ts', 'check', 'nfs-client', '-o', 'json'], {
        env: { NODE_NAME: name },
        reject: false,
      })
      expect(JSON.parse(run.stdout).node).toEqual(name === '' ? expect.stringMatching(/./) : name)
    },
  )
})

describe('checks', () => {
  test('list, show, lint and schema', async () => {
    expect((await hostdeps('checks', 'list')).stdout).toMatch(/^open-iscsi\s+yes\s+\d+\s+shipped/m)
    expect((await hostdeps('checks', 'show', 'longhorn')).stdout).toContain('check:open-iscsi')
    expect(await hostdeps('checks', 'lint')).toMatchObject({ exitCode: 0 })
    const schema = JSON.parse((await hostdeps('checks', 'schema')).stdout)
    expect(schema.properties).toHaveProperty('needs')
  })

  test('a slow reader gets all output, and one that leaves is no failure', async () => {
    const to = (words: string, reader: string) =>
      execa(
        'bash',
        ['-c', `"$0" agent/main.ts ${words} | ${reader}; exit \${PIPESTATUS[0]}`, process.execPath],
        {
          reject: false,
        },
      )
    const { stdout } = await to('check --all -o json', '(sleep 1; cat)')
    expect(stdout.length).toBeGreaterThan(131_072)
    expect(JSON.parse(stdout)).toHaveProperty('checks')
    expect(await to('checks schema', 'head -1')).toMatchObject({ stdout: '{', exitCode: 0 })
  })

  test('lint reports the mistakes of a custom file, and only those', async () => {
    const file = join(folder, 'mine.yaml')
    writeFileSync(file, 'title: t\nwhy: It is mine.\nneeds:\n  - check: open-icsi\n')
    const run = await hostdeps('checks', 'lint', file)
    expect([run.exitCode, run.stderr]).toEqual([
      2,
      `${file}:4: there is no check open-icsi (did you mean open-iscsi?)`,
    ])
  })

  test('rules for shipped checks are warnings in custom ones', async () => {
    const file = join(folder, 'mine.yaml')
    writeFileSync(file, 'title: t\nwhy: It is mine.\nneeds:\n  - binary: a\nfix:\n  all: { packages: [a] }\n')
    const run = await hostdeps('checks', 'lint', file)
    expect(run).toMatchObject({ exitCode: 0, stdout: '1 check file read, no mistakes, 2 warnings' })
    expect(run.stderr.split('\n')).toEqual([
      `${file}:4: warning: binary:a has no source, and neither has the check`,
      `${file}:4: warning: binary:a has no fix or note for talos, bottlerocket, cos, flatcar, nixos`,
    ])
  })
})

describe('check on this machine', () => {
  test('a process whose namespace is closed or gone is unknown, with the reason, exit 4', async () => {
    const { exitCode, report } = await hostdepsCheck('--target-pid', '4194304', 'open-iscsi')
    expect(exitCode).toBe(4)
    expect(onlyCheck(report)).toMatchObject({ state: 'unknown', reason: 'HostNotReachable', fix: null })
  })

  test('the JSON has the fields that others rely on', async () => {
    const { report } = await hostdepsCheck('--all')
    expect(report.node).toEqual(expect.any(String))
    for (const check of report.checks) {
      expect(Object.keys(check)).toEqual(
        expect.arrayContaining(['name', 'title', 'state', 'since', 'reason', 'message', 'findings']),
      )
      for (const finding of check.findings) {
        const fields = ['need', 'kind', 'state', 'reason', 'message', 'evidence', 'why', 'fix', 'recommended']
        expect(Object.keys(finding)).toEqual(expect.arrayContaining(fields))
      }
    }
  })

  test('a custom check runs beside the shipped ones', async () => {
    const checks = mkdtempSync(join(folder, 'checks-'))
    writeFileSync(
      join(checks, 'my-tool.yaml'),
      'title: t\nwhy: w\nneeds:\n  - binary: no-such-tool\nfix:\n  all: { packages: [my-tool] }\n',
    )
    const { exitCode, report } = await hostdepsCheck('--checks', checks, 'my-tool')
    expect(exitCode).toBe(3)
    expect(onlyCheck(report)).toMatchObject({
      state: 'missing',
      reason: 'BinaryNotFound',
      fix: expect.stringContaining('my-tool'),
    })
  })
})

test('run prints what matters, serves it, and stops cleanly on SIGINT', async () => {
  const agent = await startAgent()
  const response = await fetch(`${agent.url}/ready/open-iscsi`)
  expect([200, 503]).toContain(response.status)
  expect(await (await fetch(`${agent.url}/`)).text()).toContain('open-iscsi')
  const { exitCode, stdout } = await agent.stop()
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^\S+ \(.*, kernel .*\)\n/)
  expect(stdout).toMatch(/^\d+ more checks are for what was not seen here \(.*\): hostdeps check --all$/m)
  expect(stdout).toContain('Nothing is published to a Node: no API server is configured')
})

test('a port in use is reported in one line, exit 2', async () => {
  const agent = await startAgent()
  const second = await hostdeps('run', '--port', new URL(agent.url).port)
  await agent.stop()
  expect(second.exitCode).toBe(2)
  expect(second.stderr).toMatch(/^127\.0\.0\.1:\d+ is already in use, .*choose another port with --port$/)
})
