import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest'
import { bundle } from '../../build.ts'
import { stateScript } from '../long/fixes/fix-host.ts'
import { bootHost } from './nspawn.ts'
import type { TestHost } from './nspawn.ts'
import { openServedNetwork, pasteIn, runIn } from './served-network.ts'
import type { ServedNetwork } from './served-network.ts'

const hasHost = ['HOSTDEPS_TEST_HOST_ROOT', 'HOSTDEPS_TEST_PACKAGES'].every((name) => process.env[name])

/** The host has no Node.js, and not all libraries of one. */
const program = ['env', 'LD_LIBRARY_PATH=/opt/hostdeps/lib', '/opt/node/node', '/opt/hostdeps/agent/main.js']

/** `hostdeps fix` as an administrator calls it on a real Debian 12 host, whose services reach one repository and nothing else. */
describe.skipIf(!hasHost)('fix --apply on a Debian 12 host', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-fix-'))
  let network: ServedNetwork
  let host: TestHost
  beforeAll(async () => {
    await bundle(folder)
    await copyLibrary('libatomic.so.1', join(folder, 'lib'))
    network = await openServedNetwork('bookworm')
  })
  afterAll(async () => {
    await network?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    host = await bootHost('apply', {
      binds: { '/opt/hostdeps': folder, '/opt/node': dirname(process.execPath) },
    })
    await network.join(host)
  })
  afterEach(() => host?.stop())

  const hostdeps = (...args: string[]) => runIn(host, [...program, ...args])
  const apply = (...more: string[]) => hostdeps('fix', 'open-iscsi', '--apply', '--yes', ...more)
  const shell = async (text: string) => (await runIn(host, ['sh', '-ec', text])).stdout
  const state = () => shell(stateScript)

  test('prints the script, and changes nothing', async () => {
    const before = await state()
    const { exitCode, stdout } = await hostdeps('fix', 'open-iscsi')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^#!\/bin\/sh\n/)
    expect(stdout).toContain('apt-get install -y open-iscsi ')
    expect(await state()).toBe(before)
  })

  test('installs, asks again, and a second run changes nothing', async () => {
    const first = await apply()
    console.log(first.stderr)
    expect(first).toMatchObject({ exitCode: 0 })
    expect(first.stderr).toMatch(/nothing is missing$/)
    const once = await state()
    const second = await apply()
    expect(second.exitCode).toBe(0)
    expect(second.stdout).toBe('')
    // Also the script itself, for whoever has it still.
    await runIn(host, ['sh', '-c', 'sh /run/hostdeps-fix/*.sh'])
    expect(await state()).toBe(once)
    expect(await shell('journalctl -u hostdeps-fix --no-pager')).toContain('hostdeps-fix: done')
  })
})

async function copyLibrary(name: string, folder: string): Promise<void> {
  const { stdout } = await execa('ldd', [process.execPath])
  const [, path = ''] = new RegExp(`${name} => (\\S+)`).exec(stdout) ?? []
  mkdirSync(folder)
  copyFileSync(path, join(folder, name))
}
