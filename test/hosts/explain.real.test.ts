import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Explanation } from '#agent/model/explanation.ts'
import { bootHost } from './nspawn.ts'
import type { TestHost } from './nspawn.ts'
import { main } from '../hostdeps-main.ts'

const story = `time="2026-11-29T13:17:48Z" level=fatal msg="Error starting manager: Failed environment check, please make sure you have iscsiadm/open-iscsi installed on the host: failed to execute: /usr/bin/nsenter [nsenter --mount=/host/proc/1/ns/mnt --net=/host/proc/1/ns/net iscsiadm --version], output , stderr nsenter: failed to execute iscsiadm: No such file or directory\\n: exit status 127"
nsenter: failed to execute iscsiadm: No such file or directory
`

/** The story of the README from the other end: from the line in the log to the package, on the host that lacks it. */
describe.skipIf(!process.env['HOSTDEPS_TEST_HOST_ROOT'])('explain on a Debian 12 host', () => {
  let host: TestHost
  beforeAll(async () => {
    host = await bootHost('explain')
  })
  afterAll(async () => {
    await host?.stop()
  })

  const explain = (input: string, ...args: string[]) =>
    execa(
      process.execPath,
      [main, 'explain', '--target-pid', String(host.pid), '--deadline', '60s', ...args],
      {
        input,
        reject: false,
        env: { NO_COLOR: '1', NODE_NAME: undefined },
      },
    )
  const causesOf = async (input: string) =>
    (JSON.parse((await explain(input, '-o', 'json')).stdout) as Explanation).causes

  test('without the package: confirmed, first, with the line and the apt-get line', async () => {
    const { stdout, exitCode } = await explain(story)
    console.log(stdout)
    expect(stdout).toMatch(/^Confirmed: .*\(open-iscsi: /)
    expect(stdout).toContain("iscsiadm is not on the host's PATH")
    expect(stdout).toContain('apt-get install -y open-iscsi ')
    expect(exitCode).toBe(0)
  })

  test('a name that no check knows is asked about all the same', async () => {
    const [frob, unit] = await causesOf(
      'nsenter: failed to execute frobctl: No such file or directory\nUnit frobd.service not found.\n',
    )
    expect(frob).toMatchObject({ verdict: 'confirmed', check: null, subject: { name: 'frobctl' } })
    // A program may say this of a systemd in its own container.
    expect(unit).toMatchObject({ verdict: 'likely', check: null, subject: { name: 'frobd.service' } })
  })

  test('with the package: not here', async () => {
    await host.apt('install', '--no-install-recommends', 'open-iscsi')
    const causes = await causesOf(story)
    expect(causes.find(({ check }) => check === 'open-iscsi')).toMatchObject({
      verdict: 'not here',
      state: 'ready',
      fix: null,
    })
    expect(causes.filter(({ verdict }) => verdict === 'confirmed')).toEqual([])
  })
})
