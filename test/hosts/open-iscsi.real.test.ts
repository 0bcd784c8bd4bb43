import { availableParallelism } from 'node:os'
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
    expect(onlyCheck(report).fix).toContain('apt-get update; apt-get install -y open-iscsi ')
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

    /** Longer than the tests run, so that an answer is one by the deadline; and of no other run on this machine. */
    const nap = `sleep 100${process.pid}`

    test.each([
      ['sleeps', nap],
      ['forks with setsid and waits', `setsid ${nap} & wait`],
      ['forks with setsid twice and leaves', `setsid setsid ${nap} & setsid ${nap} & ${nap}`],
      ['ignores SIGTERM', `trap '' TERM INT HUP; while :; do ${nap}; done`],
      ['ends, but its child keeps stdout open', `${nap} & exit 0`],
    ])('%s', (title, script) => leavesNothing(title, script))

    // To look for what is left takes longer there than the answer may. Of those that did not wait for it, two in three left some.
    test('leaves processes in sessions of their own, on a busy machine', async () => {
      const hogs = Array.from({ length: 6 * availableParallelism() }, () =>
        execa('sh', ['-c', 'while :; do :; done'], { reject: false }),
      )
      try {
        for (let turn = 1; turn <= 5; turn++)
          await leavesNothing(`leaves some, turn ${turn}`, `setsid ${nap} & setsid ${nap} & ${nap}`)
      } finally {
        for (const hog of hogs) hog.kill('SIGKILL')
        await Promise.all(hogs)
      }
    })

    async function leavesNothing(title: string, script: string): Promise<void> {
      await host.writeFile('/usr/sbin/iscsiadm', `#!/bin/sh\n${script}\n`, 0o755)
      const deadline = 1_000
      const { report } = await ask('--deadline', `${deadline}ms`)
      const check = onlyCheck(report)
      const binary = check.findings.find((finding) => finding.need === 'binary:iscsiadm')
      console.log(
        `a binary that ${title}: ${binary?.reason}, the round took ${report.took} ms, its deadline was ${deadline} ms`,
      )
      expect(binary).toMatchObject({ state: 'unknown', reason: 'DeadlineExceeded' })
      await expect.poll(sleepers).toEqual([])
    }

    /** The processes that a run left. */
    async function sleepers(): Promise<string[]> {
      const { stdout } = await execa('pgrep', ['-f', nap], { reject: false })
      return stdout.split('\n').filter(Boolean)
    }
  })

  test(`run tells an install and a removal, ${turns} times each`, async () => {
    await remove()
    const agent = await startAgent('--target-pid', String(host.pid))
    const [installs, removals]: [number[], number[]] = [[], []]
    try {
      for (let turn = 0; turn < turns; turn++) {
        await install()
        installs.push(await untilStatus(`${agent.url}/ready/open-iscsi`, 200))
        await remove()
        removals.push(await untilStatus(`${agent.url}/ready/open-iscsi`, 503))
      }
    } finally {
      await agent.stop()
    }
    console.log(`install to ready: ${spread(installs)}; removal to missing: ${spread(removals)}`)
  })
})

function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0
  return `p50 ${Math.round(middle)} ms, max ${Math.round(sorted.at(-1) ?? 0)} ms of ${sorted.length}`
}
