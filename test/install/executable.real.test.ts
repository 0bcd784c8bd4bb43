import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Finding, Report } from '#agent/model/report.ts'
import manifest from '../../package.json' with { type: 'json' }
import { fileChildWord } from '#agent/shipped/hidden-words.ts'
import { hostdeps, hostdepsCheck, startAgentBy } from '../hosts/cli.ts'
import { bootHost } from '../hosts/nspawn.ts'
import { unpackRelease } from './release-parts.ts'

const line = 'nsenter: failed to execute iscsiadm: No such file or directory\n'

describe.skipIf(!process.env['HOSTDEPS_TEST_RELEASE'])('the executable, without Node.js', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-executable-'))
  let program: string
  beforeAll(async () => {
    program = await unpackRelease('amd64', folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Nothing on the PATH, and a NODE_OPTIONS by which no Node.js would start. */
  const bare = { PATH: '', NODE_OPTIONS: '--require=/nowhere.cjs --no-such-option', NO_COLOR: '1' }
  const run = (args: readonly string[], input = '') =>
    execa(program, args, { input, reject: false, extendEnv: false, env: bare, stripFinalNewline: false })

  test('--version, --help of each command, completion', async () => {
    expect(await run(['--version'])).toMatchObject({
      exitCode: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    })
    for (const args of [['--help'], ['check', '--help'], ['nodes', '--help'], ['completion', 'bash']]) {
      const [ours, theirs] = [await run(args), await hostdeps(...args)]
      expect(ours).toMatchObject({ exitCode: 0, stdout: `${theirs.stdout}\n` })
    }
    expect((await run(['__complete', 'che'])).stdout).toMatch(/^check\t/)
  })

  test('check says of this machine what the sources say', async () => {
    const ours = await run(['check', '--all', '-o', 'json', '--deadline', '60s'])
    const { report, exitCode } = await hostdepsCheck('--all')
    expect(needsOf(JSON.parse(ours.stdout))).toEqual(needsOf(report))
    expect(ours.exitCode).toBe(exitCode)
  })

  test('checks list, show and lint: the files are in it, and a mistake names the line of one', async () => {
    for (const args of [
      ['checks', 'list'],
      ['checks', 'show', 'longhorn'],
    ])
      expect((await run(args)).stdout).toBe(`${(await hostdeps(...args)).stdout}\n`)
    expect((await run(['checks', 'lint'])).stdout).toMatch(/check files read, no mistakes/)
    const taken = join(folder, 'open-iscsi.yaml')
    writeFileSync(taken, 'title: Mine\nneeds: []\n')
    expect(await run(['checks', 'lint', taken])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`${taken}:`),
    })
  })

  test('explain and fix', async () => {
    const { exitCode, stdout } = await run(['explain', '-'], line)
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/open-iscsi: /)])
    const made = ['fix', 'longhorn', '-o', 'cloud-init']
    expect((await run(made)).stdout).toBe(`${(await hostdeps(...made)).stdout}\n`)
  })

  test('by the names of the plugin and of its completer', async () => {
    const [plugin, completer] = ['kubectl-hostdeps', 'kubectl_complete-hostdeps'].map((name) => {
      symlinkSync('hostdeps', join(folder, name))
      return join(folder, name)
    })
    const as = (path = '', ...args: string[]) => execa(path, args, { extendEnv: false, env: bare })
    expect((await as(plugin, '--help')).stdout).toMatch(/^Usage: kubectl hostdeps /)
    expect((await as(completer, 'nod')).stdout).toMatch(/^nodes\t/)
  })

  test('it reads files in a process of its own, which is the same executable', async () => {
    const task = { root: '/', questions: [{ ask: 'read', path: '/proc/version' }] }
    const { stdout } = await run([fileChildWord, JSON.stringify(task)])
    expect(JSON.parse(stdout)).toMatchObject([
      { fate: 'found', value: { text: expect.stringMatching(/^Linux version/) } },
    ])
  })

  test('run serves, with the contract in it, and explains a log in a thread', async () => {
    const config = join(folder, 'config.yaml')
    writeFileSync(config, 'http: { explain: true }\n')
    const agent = await startAgentBy([program], ['--config', config], bare)
    try {
      const contract = await (await fetch(`${agent.url}/openapi.json`)).json()
      expect(contract).toMatchObject({
        openapi: expect.stringMatching(/^3[.]1[.]/),
        paths: { '/v1/explain': {} },
      })
      const explained = await fetch(`${agent.url}/v1/explain`, {
        method: 'POST',
        body: line,
        headers: { accept: 'application/json' },
      })
      expect(await explained.json()).toMatchObject({ causes: [{ check: 'open-iscsi', line: 1 }] })
    } finally {
      await agent.stop()
    }
  })

  test.skipIf(!process.env['HOSTDEPS_TEST_HOST_ROOT'])(
    'in a Debian 12 that has no Node.js, with the library that the README names',
    async () => {
      const host = await bootHost('executable', { binds: { '/opt/hostdeps': folder } })
      try {
        expect((await host.exec(['sh', '-c', 'command -v node'])).exitCode).not.toBe(0)
        const program = '/opt/hostdeps/hostdeps'
        expect((await host.exec([program, '--version'])).stderr).toContain('libatomic.so.1')
        await host.apt('install', '--no-install-recommends', 'libatomic1')
        const { exitCode, stdout, stderr } = await host.exec([program, 'check', 'open-iscsi'])
        expect([exitCode, stdout, stderr]).toEqual([
          3,
          expect.stringContaining('apt-get install -y open-iscsi '),
          '',
        ])
      } finally {
        await host.stop()
      }
    },
  )
})

describe.skipIf(!process.env['HOSTDEPS_TEST_RELEASE'])('the executable for arm64, by an emulator', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-arm64-'))
  let program: string
  beforeAll(async () => {
    program = await unpackRelease('arm64', folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const run = (...args: string[]) =>
    execa('qemu-aarch64-static', ['-L', '/usr/aarch64-linux-gnu', program, ...args], { reject: false })

  test('--version and check', async () => {
    expect(await run('--version')).toMatchObject({ exitCode: 0, stdout: manifest.version })
    const { report }: { report?: Report } = {
      report: JSON.parse((await run('check', 'overlay', '-o', 'json', '--deadline', '60s')).stdout),
    }
    expect(report?.checks.map(({ name }) => name)).toEqual(['overlay'])
  })
})

/** What is said of each need, but for what may change from one asking to the next. */
function needsOf({ checks }: Report): unknown {
  const walk = ({ need, why, state, findings = [] }: Finding): unknown => ({
    need,
    why,
    state,
    findings: findings.map(walk),
  })
  return checks.map(({ name, title, findings }) => ({ name, title, findings: findings.map(walk) }))
}
