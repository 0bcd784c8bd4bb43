import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { holdProcess } from '#agent/host/processes/held-process.ts'
import { isOfPod } from '#agent/host/processes/host-process.ts'
import { openHost } from '#agent/host/open-host.ts'
import type { Question } from '#agent/model/question.ts'
import { listAll } from '#agent/needs/package/rpm.ts'
import { hostdeps } from '../hosts/cli.ts'
import { startImpostor } from './impostor.ts'
import type { Impostor } from './impostor.ts'

const isRoot = process.getuid?.() === 0
if (!isRoot) console.warn('SKIPPED: what others do in namespaces of their own is tested by root alone')

const host = openHost({ procfs: '/proc', targetPid: null, deadline: () => 60_000 })
const ask = async (question: Question) => (await host.ask([question]))[0]?.[1]

/** Programs that leave a trace when they are run, and files of root's bound over harmless ones. */
const binds = `
mount -t tmpfs tmpfs /mnt
printf '#!/bin/sh\\n{ id -u; grep CapEff /proc/self/status; } > %s/was-run\\nprintf "bash\\\\t1.0-1\\\\n"\\n' $DIR > /mnt/tool
chmod 755 /mnt/tool
mount --bind /mnt/tool /usr/bin/env
mount --bind /etc/shadow /usr/lib/os-release
mount --bind /etc/shadow /proc/sys/kernel/ostype`

describe.runIf(isRoot).each(['nobody', 'root'] as const)('%s, in a mount namespace of its own', (as) => {
  const name = `hdevil${as.slice(0, 1)}${process.pid % 100_000}`
  let evil: Impostor
  beforeAll(async () => {
    evil = await startImpostor({ name, as, prepare: binds })
  })
  afterAll(() => evil?.stop())
  const wasRun = () => existsSync(join(evil.folder, 'was-run'))

  test('it bound what it liked', () => {
    expect(readFileSync(`/proc/${evil.pid}/root/proc/sys/kernel/ostype`, 'utf8')).toContain('root:')
  })

  test.each<Question>([
    { ask: 'run', argv: ['env'], in: name },
    { ask: 'run', argv: ['/usr/bin/env'], in: name },
    { ...listAll, in: name },
  ])('no program is run there: %j', async (question) => {
    expect((await ask(question))?.fate).toMatch(/denied|failed/)
    expect(wasRun()).toBe(false)
  })

  test.each<Question>([
    { ask: 'read', path: '/proc/sys/kernel/ostype', in: name },
    { ask: 'read', path: '/etc/os-release', in: name },
    { ask: 'readAll', path: '/usr/lib', suffix: 'os-release', in: name },
    { ask: 'list', path: '/root', in: name },
    { ask: 'list', path: '/root', most: 1, in: name },
    { ask: 'statAll', path: '/', prefix: 'r', in: name },
    { ask: 'space', path: '/', in: name },
  ])('no content is read there: %j', async (question) => {
    const answer = await ask(question)
    expect(answer?.fate).toMatch(/denied|failed/)
    expect(JSON.stringify(answer)).not.toContain('root:')
  })

  test('the checks that did it are mistakes, or unknown without a word of what is there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hostdeps-checks-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const write = (file: string, need: string) =>
      writeFileSync(join(folder, file), `title: T\nwhy: W.\nneeds: [${need}]\n`)
    write('pkg.yaml', `{ package: bash, in: { process: ${name} } }`)
    const refused = await hostdeps('check', 'pkg', '--checks', folder)
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/pkg\.yaml:3: .*must be host/),
    ])
    rmSync(join(folder, 'pkg.yaml'))

    write('shadow.yaml', `{ sysctl: kernel.ostype, in: { process: ${name} } }`)
    const pattern = `{ path: /etc/os-release, matches: '^root:[^:]*:' }`
    write('letters.yaml', `{ file: ${pattern}, in: { process: ${name} } }`)
    write('runs.yaml', `{ binary: env, run: [--version], in: { process: ${name} } }`)
    const names = ['shadow', 'letters', 'runs']
    const said = await hostdeps('check', ...names, '--checks', folder, '--allow-commands', '-o', 'json')
    expect(said.exitCode).toBe(4)
    expect(said.stdout).not.toMatch(/root:|FileAsWanted|FileNotMatching/)
    expect(JSON.parse(said.stdout).checks).toMatchObject(names.toSorted().map(() => ({ state: 'unknown' })))
    expect(wasRun()).toBe(false)
  })
})

describe.runIf(isRoot)('a process of the host with a mount namespace of its own', () => {
  const name = `hdkubelet${process.pid % 100_000}`
  let kubelet: Impostor
  beforeAll(async () => {
    const prepare =
      'mount -t tmpfs tmpfs /mnt; printf x > /mnt/mount.nfs; chmod 755 /mnt/mount.nfs; ln -s /etc/shadow /mnt/link; ln -s /secret /mnt/nowhere'
    kubelet = await startImpostor({ name, as: 'root', prepare })
  })
  afterAll(() => kubelet?.stop())

  test('discloses what exists, its type and its mode', async () => {
    const program = '/mnt/mount.nfs'
    expect(await ask({ ask: 'which', name: program, in: name })).toEqual({
      fate: 'found',
      value: { path: program, executable: true },
    })
    expect(await ask({ ask: 'stat', path: program, in: name })).toMatchObject({
      value: { type: 'file', mode: 0o755, size: null, realPath: program },
    })
    expect(await ask({ ask: 'stat', path: program })).toMatchObject({ fate: 'absent' })
  })

  test('the target of a link is not disclosed', async () => {
    const [link, nowhere] = [
      await ask({ ask: 'stat', path: '/mnt/link', in: name }),
      await ask({ ask: 'stat', path: '/mnt/nowhere', in: name }),
    ]
    expect(link).toMatchObject({ fate: 'found', value: { realPath: '/mnt/link' } })
    expect(nowhere?.fate).toBe('absent')
    expect(JSON.stringify([link, nowhere])).not.toMatch(/shadow|secret/)
  })
})

test.runIf(isRoot)(
  'a process that shares the mount namespace of the host is asked as the host is',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hostdeps-same-'))
    const name = `hdsame${process.pid % 100_000}`
    await execa('cp', ['/bin/sleep', join(folder, name)])
    const sleeper = execa(join(folder, name), ['600'], { reject: false })
    try {
      const question = { ask: 'read', path: '/etc/os-release', in: name } as const
      await expect.poll(async () => (await ask(question))?.fate).toBe('found')
      expect(await ask({ ask: 'run', argv: ['true'], in: name } as const)).toMatchObject({ fate: 'found' })
    } finally {
      sleeper.kill('SIGKILL')
      await sleeper
      rmSync(folder, { recursive: true })
    }
  },
)

describe.runIf(isRoot)('whose process it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-whose-'))
  const tag = process.pid % 100_000
  afterAll(() => rmSync(folder, { recursive: true }))
  const running = async (argv: readonly string[], name: string) => {
    const [file = '', ...args] = argv
    const child = execa(file, args, { reject: false, stdin: 'pipe' })
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await child
    })
    await expect.poll(async () => (await ask({ ask: 'process', name, of: 'any' }))?.fate).toBe('found')
    return (await ask({ ask: 'process', name, of: 'host' }))?.fate
  }
  const copy = async (name: string) => {
    await execa('cp', ['/bin/sleep', join(folder, name)])
    return join(folder, name)
  }
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']

  test("root's counts, and nobody's copy does not", async () => {
    const [own, theirs] = [await copy(`hdroot${tag}`), await copy(`hdnobody${tag}`)]
    await execa('chmod', ['755', folder])
    expect(await running([own, '600'], `hdroot${tag}`)).toBe('found')
    expect(await running([...nobody, theirs, '600'], `hdnobody${tag}`)).toBe('absent')
  })

  test("a set-uid program that nobody runs is nobody's: its real uid is not 0", async () => {
    const name = `hdsetuid${tag}`
    await copy(name)
    await execa('chmod', ['4755', join(folder, name)])
    expect(await running([...nobody, join(folder, name), '600'], name)).toBe('absent')
  })

  test('root of a user namespace, and of a PID namespace, does not count', async () => {
    const [users, pids] = [await copy(`hduser${tag}`), await copy(`hdpid${tag}`)]
    expect(await running([...nobody, 'unshare', '-Ur', users, '600'], `hduser${tag}`)).toBe('absent')
    const argv = ['unshare', '-p', '--fork', '--kill-child', pids, '600']
    expect(await running(argv, `hdpid${tag}`)).toBe('absent')
  })

  test('the right one is found beside an older impostor', async () => {
    const name = `hdolder${tag}`
    const file = await copy(name)
    expect(await running([...nobody, file, '600'], name)).toBe('absent')
    expect(await running([file, '600'], name)).toBe('found')
  })
})

test.each<[string, string, string, boolean]>([
  ['a service', '0::/system.slice/kubelet.service', '0::/init.scope', false],
  [
    'a pod, by systemd',
    '0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-2.scope',
    '0::/init.scope',
    true,
  ],
  ['a pod, by cgroupfs', '0::/kubepods/besteffort/pod0a1b2c3d-1/4', '0::/init.scope', true],
  [
    'a pod without cgroups by quality of service',
    '4:memory:/k8s.io/99289f31d99c\n0::/',
    '0::/init.scope',
    true,
  ],
  ['a pod, seen from a sibling', '0::/../../pod0a1b2c3d-1/4', '0::/', true],
  ['the kubelet of Talos', '0::/podruntime/kubelet', '0::/init', false],
  [
    'a service of a host in a pod',
    '0::/kubepods/pod1/c/system.slice/k3s.service',
    '0::/kubepods/pod1/c/init.scope',
    false,
  ],
  ['a pod of a host in a pod', '0::/kubepods/pod1/c/kubepods/pod2/d', '0::/kubepods/pod1/c/init.scope', true],
])('%s: %s', (_, cgroup, target, expected) => {
  expect(isOfPod(cgroup, target)).toBe(expected)
})

test('a held process leads nowhere once it has ended', async () => {
  const sleeper = execa('sleep', ['600'], { reject: false })
  const held = holdProcess('/proc', sleeper.pid ?? 0)
  if ('fate' in held) throw new Error(held.detail)
  onTestFinished(() => held.release())
  expect(readFileSync(`${held.place}/stat`, 'utf8')).toContain(String(sleeper.pid))
  sleeper.kill('SIGKILL')
  await sleeper
  expect(() => readFileSync(`${held.place}/stat`, 'utf8')).toThrow(/ESRCH|ENOENT/)
})
