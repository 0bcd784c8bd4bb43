import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasOwnPidMax } from '#agent/host/settings/namespaced-settings.ts'
import { openHost } from '#agent/host/open-host.ts'
import { watchHost } from '#agent/host/watch-host.ts'
import type { Question } from '#agent/model/question.ts'

const isRoot = process.getuid?.() === 0
if (!isRoot) console.warn('SKIPPED: entering namespaces is tested by root alone')

/** A process in namespaces of its own but for that of processes, with a folder that is seen only there. */
describe.runIf(isRoot)('a host in another mount namespace', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-ns-'))
  const inside = join(folder, 'inside')
  /** Of no other process on the machine; the kernel keeps 15 characters. */
  const name = `hdtest${process.pid}`
  let sleeper: { kill(signal: 'SIGKILL'): boolean } & PromiseLike<unknown>
  let pid = 0
  const forwarding = '/proc/sys/net/ipv4/ip_forward'
  const ours = readFileSync(forwarding, 'utf8').trim()
  const theirs = ours === '1' ? '0' : '1'

  beforeAll(async () => {
    mkdirSync(inside)
    const script = `mount -t tmpfs tmpfs ${inside} && mkdir -p ${inside}/bin ${inside}/lib && mount --bind ${inside}/lib /var/lib/dpkg && mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/units && echo ${theirs} > ${forwarding} && echo 77 > /proc/sys/kernel/msgmni && hostname of-the-host && cp /bin/sleep ${inside}/${name} && echo ready && exec ${inside}/${name} 600`
    const started = execa('unshare', ['-mniu', '--propagation', 'private', 'sh', '-c', script], {
      reject: false,
      buffer: false,
    })
    sleeper = started
    await new Promise((resolve) => started.stdout.once('data', resolve))
    pid = started.pid ?? 0
    writeFileSync(`/proc/${pid}/root${inside}/only-here`, 'yes')
    writeFileSync(`/proc/${pid}/root${inside}/tool`, `#!/bin/sh\ncat ${inside}/only-here\n`, { mode: 0o755 })
  })
  afterAll(async () => {
    sleeper.kill('SIGKILL')
    await sleeper
    rmSync(folder, { recursive: true, force: true })
  })

  const ask = async (question: Question) => {
    const host = openHost({ procfs: '/proc', targetPid: pid, deadline: () => 60_000 })
    return (await host.ask([question]))[0]?.[1]
  }

  test('can be entered', async () => {
    expect(await openHost({ procfs: '/proc', targetPid: pid, deadline: () => 60_000 }).selfTest()).toBeNull()
  })

  test('its files are read there', async () => {
    expect(await ask({ ask: 'read', path: `${inside}/only-here` })).toEqual({
      fate: 'found',
      value: { text: 'yes' },
    })
  })

  test('its programs run there', async () => {
    expect(await ask({ ask: 'run', argv: [`${inside}/tool`] })).toMatchObject({
      value: { exitCode: 0, stdout: 'yes' },
    })
  })

  test('its network settings are those of its own namespace', async () => {
    expect(await ask({ ask: 'read', path: forwarding })).toEqual({
      fate: 'found',
      value: { text: `${theirs}\n` },
    })
    expect(readFileSync(forwarding, 'utf8')).toBe(`${ours}\n`)
  })

  test.each([
    ['/proc/sys/kernel/msgmni', '77\n'],
    ['/proc/sys/kernel/hostname', 'of-the-host\n'],
  ])('%s is that of its own namespace too', async (path, text) => {
    expect(await ask({ ask: 'read', path })).toEqual({ fate: 'found', value: { text } })
    expect(readFileSync(path, 'utf8')).not.toBe(text)
  })

  test('a port is held there or here, and not in both', async () => {
    const script = `const server = require('node:net').createServer().listen(0, '0.0.0.0', () => console.log(server.address().port))`
    const argv = [`--net=/proc/${pid}/ns/net`, '--', process.execPath, '-e', script]
    const listener = execa('nsenter', argv, { reject: false, buffer: false })
    try {
      const port = Number(await new Promise((resolve) => listener.stdout.once('data', resolve)))
      const question = { ask: 'port', protocol: 'tcp', port } as const
      const name = readFileSync(`/proc/${listener.pid}/comm`, 'utf8').trim()
      expect(await ask(question)).toMatchObject({ fate: 'found', value: { sockets: [[name]] } })
      const here = openHost({ procfs: '/proc', targetPid: null, deadline: () => 60_000 })
      expect((await here.ask([question]))[0]?.[1]).toMatchObject({ fate: 'found', value: { sockets: [] } })
    } finally {
      listener.kill('SIGKILL')
      await listener
    }
  })

  test('its network settings are asked for all at once, and a missing one is absent', async () => {
    const questions: Question[] = [
      { ask: 'read', path: forwarding },
      { ask: 'stat', path: forwarding },
      { ask: 'list', path: '/proc/sys/net/ipv4/conf' },
      { ask: 'read', path: '/proc/sys/net/ipv4/no_such_setting' },
      { ask: 'read', path: `${inside}/only-here` },
    ]
    const host = openHost({ procfs: '/proc', targetPid: pid, deadline: () => 60_000 })
    const answers = await host.ask(questions)
    // One that reads, one that describes, and one for what these two cannot answer.
    expect(host.spawned()).toMatchObject({ setting: 3, unit: 0, run: 0, file: 0 })
    expect(questions.map((question) => answers.find(([asked]) => asked === question)?.[1])).toMatchObject([
      { fate: 'found', value: { text: `${theirs}\n` } },
      { fate: 'found', value: { type: 'file', realPath: forwarding } },
      { fate: 'found', value: { names: ['all', 'default', 'lo'] } },
      { fate: 'absent' },
      { fate: 'found', value: { text: 'yes' } },
    ])
  })

  test('a named process is found by its name, and one that is not there is no proof of anything', async () => {
    const named = { ask: 'read', path: `${inside}/only-here`, in: name } as const
    expect((await ask({ ...named, in: 'no-such-proc' }))?.fate).toBe('failed')
    expect(await ask(named)).toEqual({ fate: 'found', value: { text: 'yes' } })
  })

  test('the units of pods that come and go are not reported', async () => {
    const seen: string[] = []
    const stop = watchHost({ procfs: '/proc', targetPid: pid }).watch((place) => void seen.push(place))
    const units = `/proc/${pid}/root/run/systemd/units`
    for (const name of ['cri-containerd-1.scope', 'kubepods-pod1.slice', 'var-lib-kubelet-pods-1.mount'])
      symlinkSync('1', `${units}/invocation:${name}`)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(seen).toEqual([])
    symlinkSync('1', `${units}/invocation:iscsid.service`)
    await expect.poll(() => seen).toEqual(['/run/systemd/units'])
    stop()
  })

  test('a burst of changes is reported once', async () => {
    const seen: string[] = []
    const watcher = watchHost({ procfs: '/proc', targetPid: pid })
    const stop = watcher.watch((place) => void seen.push(place))
    expect(watcher.places.watched).toBeGreaterThan(5)
    for (let index = 0; index < 50; index++)
      writeFileSync(`/proc/${pid}/root/var/lib/dpkg/status-${index}`, 'x')
    await expect.poll(() => seen).toHaveLength(1)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    stop()
    expect(seen).toHaveLength(1)
  })
})

/** As a container sees its host: it cannot enter the PID namespace of an ancestor, and sees its own. */
describe.runIf(isRoot)('a host in another PID namespace', () => {
  test('kernel.pid_max is unknown where each namespace has its own', async () => {
    const unshared = execa('unshare', ['-mp', '--fork', '--kill-child', 'sleep', '600'], { reject: false })
    try {
      const children = `/proc/${unshared.pid}/task/${unshared.pid}/children`
      await expect.poll(() => readFileSync(children, 'utf8').trim()).not.toBe('')
      const targetPid = Number(readFileSync(children, 'utf8'))
      const host = openHost({ procfs: '/proc', targetPid, deadline: () => 60_000 })
      const questions: Question[] = ['pid_max', 'threads-max'].map((name) => ({
        ask: 'read',
        path: `/proc/sys/kernel/${name}`,
      }))
      const answers = await host.ask(questions)
      const fateOf = (question: Question | undefined) =>
        answers.find(([asked]) => asked === question)?.[1].fate
      expect(questions.map(fateOf)).toEqual([(await isOwnHere()) ? 'failed' : 'found', 'found'])
    } finally {
      unshared.kill('SIGKILL')
      await unshared
    }
  })

  test('has the processes of its namespace and those below it, and none of the machine around it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hostdeps-pid-'))
    const [own, below, around] = ['o', 'b', 'a'].map((letter) => `hd${letter}${process.pid}`)
    for (const name of [own, below, around]) copyFileSync('/bin/sleep', join(folder, name ?? ''))
    const script = `${folder}/${own} 600 & unshare -p --fork --kill-child ${folder}/${below} 600 & echo ready; wait`
    const unshared = execa('unshare', ['-mp', '--fork', '--kill-child', 'sh', '-c', script], {
      reject: false,
      buffer: false,
    })
    const outer = execa(join(folder, around ?? ''), ['600'], { reject: false })
    try {
      await new Promise((resolve) => unshared.stdout.once('data', resolve))
      const targetPid = Number(readFileSync(`/proc/${unshared.pid}/task/${unshared.pid}/children`, 'utf8'))
      const host = openHost({ procfs: '/proc', targetPid, deadline: () => 60_000 })
      const fatesOf = async () => {
        const questions = [own, below, around].map(
          (name) => ({ ask: 'process', name: name ?? '', of: 'any' }) as const,
        )
        const answers = await host.ask(questions)
        return questions.map((question) => answers.find(([asked]) => asked === question)?.[1].fate)
      }
      await expect.poll(fatesOf).toEqual(['found', 'found', 'absent'])
      const [inner] = await host.ask([{ ask: 'stat', path: '/', in: around ?? '' }])
      expect(inner?.[1]).toMatchObject({ fate: 'failed' })
      const machine = openHost({ procfs: '/proc', targetPid: 1, deadline: () => 60_000 })
      const [seen] = await machine.ask([{ ask: 'process', name: own ?? '', of: 'any' }])
      expect(seen?.[1]).toMatchObject({ fate: 'found' })
    } finally {
      for (const running of [unshared, outer]) running.kill('SIGKILL')
      await Promise.all([unshared, outer])
      rmSync(folder, { recursive: true })
    }
  })

  test('kernel.pid_max is its own as this kernel has it', async () => {
    expect(hasOwnPidMax(release())).toBe(await isOwnHere())
  })

  test.each([
    ['6.13.7-amd64', false],
    ['6.14.0', true],
    ['7.0.1', true],
    ['5.15.0-97-generic', false],
  ])('kernel %s: %s', (kernel, isOwn) => {
    expect(hasOwnPidMax(kernel)).toBe(isOwn)
  })
})

/** Whether a PID namespace has a kernel.pid_max of its own, by one less that is written in one: for a moment it is seen here, or not. */
async function isOwnHere(): Promise<boolean> {
  const path = '/proc/sys/kernel/pid_max'
  const [before, script] = [
    readFileSync(path, 'utf8'),
    `was=$(cat ${path}); less=$((was - 1)); echo $less > ${path}; [ $(cat ${path}) = $less ] && echo written; read go; echo $was > ${path}`,
  ]
  const inside = execa('unshare', ['-p', '--fork', '--mount-proc', 'sh', '-c', script], {
    reject: false,
    buffer: false,
  })
  const words = await new Promise<Buffer>((resolve) => inside.stdout.once('data', resolve))
  const now = readFileSync(path, 'utf8')
  inside.stdin.end('go\n')
  await inside
  expect([words.toString(), readFileSync(path, 'utf8')]).toEqual(['written\n', before])
  return now === before
}

/** One question of each way of asking. */
const everyWay: Question[] = [
  { ask: 'read', path: '/etc/os-release' },
  { ask: 'readAll', path: '/etc/modprobe.d', suffix: '.conf' },
  { ask: 'list', path: '/etc' },
  { ask: 'stat', path: '/etc' },
  { ask: 'which', name: 'sh' },
  { ask: 'run', argv: ['true'] },
  { ask: 'unit', name: 'a.service' },
  { ask: 'read', path: '/proc/sys/net/ipv4/ip_forward' },
]

describe('a file that is no program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-format-'))
  const run = async (content: string | Buffer) => {
    const path = join(folder, 'tool')
    writeFileSync(path, content, { mode: 0o755 })
    const host = openHost({ procfs: '/proc', targetPid: null, deadline: () => 60_000 })
    return (await host.ask([{ ask: 'run', argv: [path] }]))[0]?.[1]
  }
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each<[string, string | Buffer]>([
    ['text without an interpreter', `touch ${join(folder, 'was-run')}\n`],
    ['nothing', ''],
    [
      'a program for another processor',
      Buffer.concat([
        Buffer.from('\u007fELF\u0002\u0001\u0001'),
        Buffer.alloc(11),
        Buffer.from([0xf3, 0]),
        Buffer.alloc(40),
      ]),
    ],
  ])('%s is not handed to a shell', async (_, content) => {
    expect(await run(content)).toMatchObject({
      value: { exitCode: 126, stderr: 'cannot execute: Exec format error' },
    })
    expect(existsSync(join(folder, 'was-run'))).toBe(false)
  })

  test('a script is run', async () => {
    expect(await run('#!/bin/sh\necho yes\n')).toMatchObject({ value: { exitCode: 0, stdout: 'yes\n' } })
  })
})

describe('a host that cannot be asked', () => {
  test.each(everyWay)(
    'proves nothing, and throws nothing, when its process has ended: %j',
    async (question) => {
      const sleeper = execa('sleep', ['600'], { reject: false })
      sleeper.kill('SIGKILL')
      await sleeper
      const gone = openHost({ procfs: '/proc', targetPid: sleeper.pid ?? 0, deadline: () => 60_000 })
      expect(await gone.ask([question])).toEqual([
        [question, { fate: 'failed', detail: `there is no process ${sleeper.pid} of /proc` }],
      ])
    },
  )

  test('a /proc that is not there', async () => {
    const host = openHost({ procfs: '/nowhere', targetPid: 1, deadline: () => 1_000 })
    const answers = await host.ask([...everyWay, { ask: 'list', path: '/etc', in: 'kubelet' }])
    expect(new Set(answers.map(([, { fate }]) => fate))).toEqual(new Set(['failed']))
  })

  test('a process that is not there', async () => {
    const host = openHost({ procfs: '/proc', targetPid: 4_194_304, deadline: () => 1_000 })
    expect(await host.selfTest()).toEqual({ fate: 'failed', detail: 'there is no process 4194304 of /proc' })
  })

  test.runIf(isRoot)('a process whose namespace is closed to us', async () => {
    const script = `process.setuid(65534)
      const { openHost } = await import(${JSON.stringify(new URL('../../agent/host/open-host.ts', import.meta.url).href)})
      console.log(JSON.stringify(await openHost({ procfs: '/proc', targetPid: 1, deadline: () => 1000 }).selfTest()))`
    const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', script])
    expect(JSON.parse(stdout)).toMatchObject({
      fate: 'denied',
      detail: expect.stringContaining('permission denied'),
    })
  })
})
