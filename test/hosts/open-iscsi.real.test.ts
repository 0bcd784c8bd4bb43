import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hostdepsCheck, onlyCheck, startAgent, untilStatus } from './cli.ts'
import { bootHost } from './nspawn.ts'
import type { TestHost } from './nspawn.ts'

/** More of them with TURNS=20. */
const turns = Number(process.env['TURNS'] ?? 2)

/** The story of the README on a real Debian 12 host: asked from outside, through the pid of its init. */
describe.skipIf(!process.env['HOSTDEPS_TEST_HOST_ROOT'])('open-iscsi on a Debian 12 host', () => {
  let host: TestHost
  beforeAll(async () => {
    host = await bootHost('iscsi')
  })
  afterAll(async () => {
    await host?.stop()
  })

  const ask = (...args: string[]) => hostdepsCheck('--target-pid', String(host.pid), ...args, 'open-iscsi')
  const install = () => host.apt('install', '--no-install-recommends', 'open-iscsi')
  const remove = () => host.apt('purge', 'open-iscsi')

  test('without the package: missing, BinaryNotFound, the apt-get line, exit 3', async () => {
    const { exitCode, report } = await ask()
    expect(onlyCheck(report)).toMatchObject({ state: 'missing', reason: 'BinaryNotFound' })
    expect(onlyCheck(report).fix).toContain('apt-get update && apt-get install -y open-iscsi')
    expect(exitCode).toBe(3)
  })

  test('after a real install: ready, exit 0, by the socket alone', async () => {
    await install()
    const { exitCode, report } = await ask()
    expect(onlyCheck(report)).toMatchObject({ state: 'ready' })
    expect(exitCode).toBe(0)
    const service = await host.exec(['systemctl', 'is-active', 'iscsid.service'])
    const socket = await host.exec(['systemctl', 'is-active', 'iscsid.socket'])
    expect([service.stdout, socket.stdout]).toEqual(['inactive', 'active'])
    const evidence = onlyCheck(report).findings.flatMap((finding) => finding.evidence)
    expect(evidence.join('\n')).toMatch(/\/sbin\/iscsiadm, version \d/)
  })

  test('with the x permission taken away: missing for another reason', async () => {
    await host.exec(['chmod', '-x', '/usr/sbin/iscsiadm'])
    const { exitCode, report } = await ask()
    expect(onlyCheck(report)).toMatchObject({ state: 'missing', reason: 'BinaryNotExecutable' })
    expect(onlyCheck(report).fix).toContain('chmod +x')
    expect(exitCode).toBe(3)
    await host.exec(['chmod', '+x', '/usr/sbin/iscsiadm'])
  })

  describe('with a binary that hangs', () => {
    beforeAll(() => host.exec(['cp', '-a', '/usr/sbin/iscsiadm', '/root/iscsiadm.real']))
    afterAll(() => host.exec(['cp', '-a', '/root/iscsiadm.real', '/usr/sbin/iscsiadm']))

    test.each([
      ['sleeps', 'sleep 300'],
      ['forks with setsid and waits', 'setsid sleep 300 & wait'],
      ['forks with setsid twice and leaves', 'setsid setsid sleep 300 & setsid sleep 300 & sleep 300'],
      ['ignores SIGTERM', "trap '' TERM INT HUP; while :; do sleep 300; done"],
      ['ends, but its child keeps stdout open', 'sleep 300 & exit 0'],
    ])('%s', async (_, script) => {
      await host.writeFile('/usr/sbin/iscsiadm', `#!/bin/sh\n${script}\n`, 0o755)
      const before = await sleepers()
      const deadline = 1_000
      const { report } = await ask('--deadline', `${deadline}ms`)
      const check = onlyCheck(report)
      const binary = check.findings.find((finding) => finding.need === 'binary:iscsiadm')
      console.log(`a binary that ${_}: ${binary?.reason}, the round took ${report.took} ms`)
      expect(binary).toMatchObject({ state: 'unknown', reason: 'DeadlineExceeded' })
      expect(report.took).toBeLessThan(deadline + 1_000)
      expect(await sleepers()).toEqual(before)
    })

    /** The processes of the machine that carry the mark of a run. */
    async function sleepers(): Promise<string[]> {
      const { stdout } = await execa('pgrep', ['-f', 'sleep 300'], { reject: false })
      return stdout.split('\n').filter(Boolean)
    }
  })

  test(
    `run tells an install within 2 s and a removal within 15 s, ${turns} times each`,
    { timeout: 900_000 },
    async () => {
      await remove()
      const agent = await startAgent('--target-pid', String(host.pid))
      const [installs, removals]: [number[], number[]] = [[], []]
      try {
        for (let turn = 0; turn < turns; turn++) {
          await install()
          installs.push(await untilStatus(`${agent.url}/ready/open-iscsi`, 200, 5_000))
          await remove()
          removals.push(await untilStatus(`${agent.url}/ready/open-iscsi`, 503, 20_000))
        }
      } finally {
        await agent.stop()
      }
      console.log(`install to ready: ${spread(installs)}; removal to missing: ${spread(removals)}`)
      expect(Math.max(...installs)).toBeLessThan(2_000)
      expect(Math.max(...removals)).toBeLessThan(15_000)
    },
  )
})

function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0
  return `p50 ${Math.round(middle)} ms, max ${Math.round(sorted.at(-1) ?? 0)} ms of ${sorted.length}`
}
