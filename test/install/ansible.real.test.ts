import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newNodeFormats } from '#agent/commands/wiring/new-nodes/formats.ts'
import { allChecks, allKinds, catalog, planOf } from '../fixes/new-node/made-likes.ts'
import { bootHost } from '../hosts/nspawn.ts'
import type { TestHost } from '../hosts/nspawn.ts'
import { openServedNetwork } from '../hosts/served-network.ts'
import type { ServedNetwork } from '../hosts/served-network.ts'
import { debianPython } from '../setup/pip-packages.ts'
import { mustPaste, printFor, statesOn } from './new-node.ts'

const ansible = process.env['HOSTDEPS_TEST_ANSIBLE']
const hasHost = ['HOSTDEPS_TEST_HOST_ROOT', 'HOSTDEPS_TEST_PACKAGES'].every((name) => process.env[name])

/** Ansible insists on UTF-8. */
const python = debianPython

describe.skipIf(ansible === undefined)('a playbook, by ansible-lint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-playbook-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each([
    ['one check', ['debian'], ['open-iscsi']],
    ['all of them on all distributions', allKinds, allChecks],
  ] as const)('has nothing to complain of, in its strictest profile: %s', async (_, kinds, checks) => {
    const playbook = newNodeFormats.ansible(planOf(kinds, checks).nodes, { catalog })
    writeFileSync(join(folder, 'play.yml'), playbook)
    const argv = ['-m', 'ansiblelint', '--offline', '--strict', '--profile', 'production', '--nocolor']
    const { all, exitCode } = await execa(python, [...argv, 'play.yml'], {
      cwd: folder,
      env: {
        PYTHONPATH: ansible ?? '',
        PATH: `${ansible}/bin:${process.env['PATH']}`,
        LC_ALL: 'C.UTF-8',
        HOME: folder,
      },
      reject: false,
      all: true,
    })
    expect(all).toMatch(/Passed: 0 failure\(s\), 0 warning\(s\) in 1 files/)
    expect(exitCode).toBe(0)
  })
})

describe.skipIf(ansible === undefined || !hasHost)('a playbook on a Debian 12 host', () => {
  let network: ServedNetwork
  let host: TestHost
  beforeAll(async () => {
    network = await openServedNetwork('bookworm')
    host = await bootHost('ansible', { binds: { '/opt/ansible': ansible ?? '' } })
    await network.join(host)
    await mustPaste(
      host,
      'apt-get update -q; apt-get install -q -y --no-install-recommends python3 python3-apt',
    )
  })
  afterAll(async () => {
    await host?.stop()
    await network?.stop()
  })

  const play = async (checks: readonly string[]) => {
    await host.writeFile('/root/play.yml', await printFor(host, 'ansible', checks))
    return mustPaste(
      host,
      `LC_ALL=C.UTF-8 PYTHONPATH=/opt/ansible ${python} -m ansible playbook -i localhost, -c local -e ansible_python_interpreter=${python} /root/play.yml`,
    )
  }

  test('makes its checks ready, and a second run changes nothing', async () => {
    const checks = ['open-iscsi', 'nvme-hostnqn', 'ip-forwarding', 'no-firewalld']
    expect(await statesOn(host, ['open-iscsi'])).toEqual({ 'open-iscsi': 'missing' })
    const first = await play(checks)
    console.log(first)
    expect(first).toMatch(/changed=[1-9]\d* +unreachable=0 +failed=0/)
    expect(await statesOn(host, checks)).toEqual(Object.fromEntries(checks.map((check) => [check, 'ready'])))
    expect(await play(checks)).toMatch(/changed=0 +unreachable=0 +failed=0/)
  })

  test('raises a setting, leaves a higher one alone, and writes the file where that lowers nothing', async () => {
    const file = '/etc/sysctl.d/90-hostdeps-vm.max_map_count.conf'
    const now = () => mustPaste(host, `sysctl -n vm.max_map_count; cat ${file} 2>/dev/null || echo none`)
    await mustPaste(host, 'sysctl -w vm.max_map_count=65530')
    expect(await play(['elasticsearch'])).toMatch(/changed=2 /)
    expect(await now()).toBe('262144\nvm.max_map_count = 262144')
    expect(await play(['elasticsearch'])).toMatch(/changed=0 /)
    await mustPaste(host, `rm ${file}; sysctl -w vm.max_map_count=1000000`)
    expect(await play(['elasticsearch'])).toMatch(/changed=0 /)
    expect(await now()).toBe('1000000\nnone')
  })

  test('fails on another distribution, and changes nothing', async () => {
    await host.writeFile(
      '/root/play.yml',
      newNodeFormats.ansible(planOf(['rocky'], ['open-iscsi']).nodes, { catalog }),
    )
    await expect(
      mustPaste(
        host,
        `LC_ALL=C.UTF-8 PYTHONPATH=/opt/ansible ${python} -m ansible playbook -i localhost, -c local /root/play.yml`,
      ),
    ).rejects.toThrow(/This is for rocky alone[^]*changed=0 /)
  })
})
