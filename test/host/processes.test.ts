import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseSockets } from '#agent/host/processes/ask-ports.ts'
import { spaceFrom } from '#agent/host/files/read-file.ts'
import { openHost } from '#agent/host/open-host.ts'
import type { Question } from '#agent/model/question.ts'

const host = openHost({ procfs: '/proc', targetPid: null, deadline: () => 60_000 })
const ask = async (question: Question) => (await host.ask([question]))[0]?.[1]
const own = readFileSync('/proc/self/comm', 'utf8').trim()

test('a port is held by this process while it listens, with IPv4 and IPv6', async () => {
  for (const address of ['127.0.0.1', '::1']) {
    const server = createServer().listen(0, address)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const question = { ask: 'port', protocol: 'tcp', port } as const
    expect(await ask(question)).toMatchObject({ fate: 'found', value: { sockets: [[own]] } })
    expect(await ask({ ...question, protocol: 'udp' })).toMatchObject({ value: { sockets: [] } })
    server.close()
    await once(server, 'close')
    expect(await ask(question)).toMatchObject({ fate: 'found', value: { sockets: [] } })
  }
})

test('two sockets on one port are both reported', async () => {
  const first = createServer().listen(0, '127.0.0.1')
  await once(first, 'listening')
  const { port } = first.address() as AddressInfo
  const other = createSleeper(createServer().listen(port, '127.0.0.2'))
  onTestFinished(() => void first.close())
  await other
  const question = { ask: 'port', protocol: 'tcp', port } as const
  const answer = await ask(question)
  expect(answer).toMatchObject({
    fate: 'found',
    value: { sockets: expect.arrayContaining([[own], ['sleep']]) },
  })
})

test('a socket shared by several processes is reported with all of them, or with the expected one', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  await createSleeper(server, 'shared')
  const question = { ask: 'port', protocol: 'tcp', port } as const
  expect(await ask(question)).toMatchObject({ value: { sockets: [expect.arrayContaining([own, 'sleep'])] } })
  expect(await ask({ ...question, heldBy: ['sleep'] })).toMatchObject({ value: { sockets: [['sleep']] } })
  expect(await ask({ ...question, heldBy: ['kubelet'] })).toMatchObject({
    value: { sockets: [expect.arrayContaining([own, 'sleep'])] },
  })
})

/** A process named sleep that has the socket of a server from us, alone or together with us. */
async function createSleeper(server: Server, how: 'alone' | 'shared' = 'alone'): Promise<void> {
  if (!server.listening) await once(server, 'listening')
  // Node.js gives the descriptor of a server to nobody else.
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle
  const sleeper = spawn('sleep', ['600'], { stdio: ['ignore', 'ignore', 'ignore', fd] })
  onTestFinished(() => void sleeper.kill('SIGKILL'))
  await once(sleeper, 'spawn')
  if (how === 'alone') await new Promise((resolve) => server.close(resolve))
}

test.each([
  [
    'a second table that cannot be read: nothing is proven',
    (folder: string) => mkdirSync(join(folder, 'tcp6')),
    'failed',
  ],
  ['a kernel without IPv6 has no second table', () => {}, 'found'],
])('%s', async (_, prepare, fate) => {
  const procfs = mkdtempSync(join(tmpdir(), 'hostdeps-proc-'))
  onTestFinished(() => rmSync(procfs, { recursive: true }))
  const folder = join(procfs, 'self', 'net')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'tcp'), '  sl  local_address rem_address   st\n')
  prepare(folder)
  const fake = openHost({ procfs, targetPid: null, deadline: () => 60_000 })
  const [entry] = await fake.ask([{ ask: 'port', protocol: 'tcp', port: 1 }])
  expect(entry?.[1]).toMatchObject({ fate })
})

test('a UDP port that is bound', async () => {
  const socket = createSocket('udp4')
  onTestFinished(() => void socket.close())
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const question = { ask: 'port', protocol: 'udp', port: socket.address().port } as const
  expect(await ask(question)).toMatchObject({ fate: 'found', value: { sockets: [[own]] } })
})

test('a connection is no listener, and its remote port is not its own', () => {
  const head =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
  const line = (local: string, remote: string, state: string) =>
    `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 42 1 0\n`
  const text =
    head + line('0100007F:280A', '0100007F:1F90', '01') + line('00000000:280A', '00000000:0000', '0A')
  expect(parseSockets(text, 'tcp')).toEqual([{ port: 10_250, inode: '42' }])
  expect(parseSockets(head + line('0100007F:0035', '0100007F:1F90', '01'), 'udp')).toEqual([])
})

test('a process by its name, and its limits', async () => {
  const answer = await ask({ ask: 'process', name: own, of: 'any' })
  expect(answer).toMatchObject({
    fate: 'found',
    value: { limits: expect.stringContaining('Max open files') },
  })
  expect(await ask({ ask: 'process', name: 'no-such-name', of: 'any' })).toMatchObject({ fate: 'absent' })
})

test.each<[string, string, string]>([
  ['runs', 'S', 'found'],
  ['has ended, and its parent did not look', 'Z', 'absent'],
  ['is just going', 'X', 'absent'],
])('a process that %s: %s', async (_, state, fate) => {
  expect((await askStat(`20 (kubelet) ${state} 1${' 0'.repeat(15)} 1 0 100`))?.fate).toBe(fate)
})

test('a process whose first thread has ended, and others run', async () => {
  expect((await askStat(`20 (kubelet) Z 1${' 0'.repeat(15)} 2 0 100`))?.fate).toBe('found')
})

test('an older process that has ended does not hide a running one', async () => {
  const older = '10 (kubelet) Z 1' + ' 0'.repeat(15) + ' 1 0 50'
  const running = '20 (kubelet) S 1' + ' 0'.repeat(15) + ' 1 0 100'
  expect(await askStat(older, running)).toMatchObject({ fate: 'found', value: { limits: 'of 20' } })
})

/** Of a host with these processes besides its first: whether there is a kubelet. */
async function askStat(...stats: readonly string[]) {
  const procfs = mkdtempSync(join(tmpdir(), 'hostdeps-proc-'))
  onTestFinished(() => rmSync(procfs, { recursive: true }))
  for (const stat of ['1 (systemd) S 0' + ' 0'.repeat(15) + ' 1 0 1', ...stats]) {
    const pid = stat.split(' ')[0] ?? ''
    mkdirSync(join(procfs, pid))
    writeFileSync(join(procfs, pid, 'stat'), stat)
    writeFileSync(join(procfs, pid, 'limits'), `of ${pid}`)
  }
  const fake = openHost({ procfs, targetPid: null, deadline: () => 60_000 })
  return (await fake.ask([{ ask: 'process', name: 'kubelet', of: 'any' }]))[0]?.[1]
}

test('where the processes of other users are hidden, nothing is proven', async () => {
  const procfs = mkdtempSync(join(tmpdir(), 'hostdeps-proc-'))
  onTestFinished(() => rmSync(procfs, { recursive: true }))
  mkdirSync(join(procfs, '4711'))
  writeFileSync(join(procfs, '4711', 'stat'), '4711 (bash) S 1')
  const hidden = openHost({ procfs, targetPid: null, deadline: () => 60_000 })
  const [entry] = await hidden.ask([{ ask: 'process', name: 'kubelet', of: 'any' }])
  expect(entry?.[1]).toMatchObject({ fate: 'failed' })
  const [port] = await hidden.ask([{ ask: 'port', protocol: 'tcp', port: 1 }])
  expect(port?.[1]).toMatchObject({ fate: 'failed' })
})

test('blocks are counted in fragments, as df(1) does, not in the preferred read size', () => {
  const counted = { blocks: 10_000, bavail: 5_000, bfree: 6_000, files: 100, ffree: 40 }
  expect(spaceFrom({ ...counted, bsize: 1_048_576, frsize: 4096 })).toEqual({
    size: 40_960_000,
    free: 20_480_000,
    freeForRoot: 24_576_000,
    inodes: 100,
    inodesFree: 40,
  })
})

test('the space of a file system is that of statfs(2)', async () => {
  const { frsize, blocks } = statfsSync('/')
  expect(await ask({ ask: 'space', path: '/etc/..' })).toMatchObject({
    fate: 'found',
    value: { size: frsize * blocks },
  })
  expect(await ask({ ask: 'space', path: '/nowhere/at/all' })).toMatchObject({ fate: 'absent' })
})
