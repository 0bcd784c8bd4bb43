import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseSockets } from '../../agent/host/ask-ports.ts'
import { spaceFrom } from '../../agent/host/read-file.ts'
import { openHost } from '../../agent/host/open-host.ts'
import type { Question } from '../../agent/model/question.ts'

const host = openHost({ procfs: '/proc', targetPid: null, deadline: () => 5_000 })
const ask = async (question: Question) => (await host.ask([question]))[0]?.[1]
const own = readFileSync('/proc/self/comm', 'utf8').trim()

test('a port is held by this process while it listens, with IPv4 and IPv6', async () => {
  for (const address of ['127.0.0.1', '::1']) {
    const server = createServer().listen(0, address)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const question = { ask: 'port', protocol: 'tcp', port } as const
    expect(await ask(question)).toEqual({ fate: 'found', value: { isHeld: true, by: own } })
    expect(await ask({ ...question, protocol: 'udp' })).toMatchObject({ value: { isHeld: false } })
    server.close()
    await once(server, 'close')
    expect(await ask(question)).toEqual({ fate: 'found', value: { isHeld: false, by: null } })
  }
})

test('a UDP port that is bound', async () => {
  const socket = createSocket('udp4')
  onTestFinished(() => void socket.close())
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const question = { ask: 'port', protocol: 'udp', port: socket.address().port } as const
  expect(await ask(question)).toEqual({ fate: 'found', value: { isHeld: true, by: own } })
})

test('a connection is no listener, and the port of its other side is not its own', () => {
  const head =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
  const line = (local: string, remote: string, state: string) =>
    `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 42 1 0\n`
  const text =
    head + line('0100007F:280A', '0100007F:1F90', '01') + line('00000000:280A', '00000000:0000', '0A')
  expect(parseSockets(text, 'tcp')).toEqual([{ port: 10_250, inode: '42' }])
  expect(parseSockets(head + line('0100007F:0035', '0100007F:1F90', '01'), 'udp')).toEqual([])
})

test('a process of a name, and its limits', async () => {
  const answer = await ask({ ask: 'process', name: own })
  expect(answer).toMatchObject({
    fate: 'found',
    value: { limits: expect.stringContaining('Max open files') },
  })
  expect(await ask({ ask: 'process', name: 'no-such-name' })).toMatchObject({ fate: 'absent' })
})

test('where the processes of others are not seen, nothing is proven', async () => {
  const procfs = mkdtempSync(join(tmpdir(), 'hostdeps-proc-'))
  onTestFinished(() => rmSync(procfs, { recursive: true }))
  mkdirSync(join(procfs, '4711'))
  writeFileSync(join(procfs, '4711', 'stat'), '4711 (bash) S 1')
  const hidden = openHost({ procfs, targetPid: null, deadline: () => 5_000 })
  const [entry] = await hidden.ask([{ ask: 'process', name: 'kubelet' }])
  expect(entry?.[1]).toMatchObject({ fate: 'failed' })
  const [port] = await hidden.ask([{ ask: 'port', protocol: 'tcp', port: 1 }])
  expect(port?.[1]).toMatchObject({ fate: 'failed' })
})

test('blocks are counted in the size of a fragment, as df(1) does, not in that which is best read at once', () => {
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
