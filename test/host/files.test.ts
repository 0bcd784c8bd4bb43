import { execFileSync } from 'node:child_process'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askFiles } from '#agent/host/files/ask-files.ts'
import type { FileQuestion, FileView } from '#agent/host/files/ask-files.ts'
import { createFileCache } from '#agent/host/files/file-cache.ts'
import type { FileCache } from '#agent/host/files/file-cache.ts'
import { openHost } from '#agent/host/open-host.ts'
import type { Answer } from '#agent/model/question.ts'

/** A root of a host's files in a folder; nothing outside it may ever be seen. */
const outside = mkdtempSync(join(tmpdir(), 'hostdeps-files-'))
const root = join(outside, 'root')
const isRoot = process.getuid?.() === 0
const server = createServer()

beforeAll(async () => {
  for (const folder of [
    'etc/conf.d',
    'usr/bin',
    'usr/sbin',
    'real/deep',
    'bin/tool',
    'bin/only-folder',
    'etc/conf.d-more',
    'sys',
  ])
    mkdirSync(join(root, folder), { recursive: true })
  put('etc/plain', 'hello\n')
  put('etc/conf.d/a.conf', 'a')
  put('etc/conf.d/b.txt', 'not asked for')
  put('real/deep/file', 'inside')
  put('etc/config.gz', gzipSync('CONFIG_X=y\n'))
  put('etc/bomb.gz', gzipSync(Buffer.alloc(8 * 1024 * 1024)))
  put('etc/garbage.gz', 'this is no gzip')
  put('etc/cut.gz', gzipSync('CONFIG_X=y\n').subarray(0, 20))
  put('etc/conf.d-more/a', 'more')
  put('sys/pipe', 'the log')
  put('etc/binary', Buffer.from([0xff, 0xfe, 0x00, 0x41]))
  put('etc/huge', '')
  truncateSync(join(root, 'etc/huge'), 1024 * 1024 * 1024)
  put('etc/large', 'x'.repeat(2 * 1024 * 1024))
  put('usr/sbin/tool', '#!/bin/sh\n', 0o755)
  put('usr/bin/plain-tool', 'no x', 0o644)
  put('usr/sbin/plain-tool', 'x', 0o755)
  put('usr/sbin/dull', 'no x', 0o644)
  symlinkSync('/etc/plain', join(root, 'etc/absolute'))
  symlinkSync('../plain', join(root, 'etc/conf.d/out'))
  symlinkSync('/sys', join(root, 'etc/to-sys'))
  symlinkSync('/real', join(root, 'etc/middle'))
  symlinkSync('../../../../../../../../etc/plain', join(root, 'etc/upwards'))
  symlinkSync('/etc/middle/none', join(root, 'real/to-nothing'))
  symlinkSync('/nowhere/at/all', join(root, 'etc/dangling'))
  symlinkSync('loop-b', join(root, 'etc/loop-a'))
  symlinkSync('loop-a', join(root, 'etc/loop-b'))
  symlinkSync('/nowhere/tool', join(root, 'usr/sbin/dangling-tool'))
  execFileSync('mkfifo', [join(root, 'etc/fifo')])
  if (isRoot) {
    mkdirSync(join(root, 'dev'))
    execFileSync('mknod', [join(root, 'etc/device'), 'c', '1', '5'])
    execFileSync('mknod', [join(root, 'dev/null'), 'c', '1', '3'])
    symlinkSync('/dev/null', join(root, 'etc/conf.d/masked.conf'))
  }
  await new Promise<void>((resolve) => server.listen(join(root, 'etc/socket'), resolve))
})

afterAll(() => {
  server.close()
  rmSync(outside, { recursive: true, force: true })
})

describe('reading', () => {
  test.each<[string, string, Partial<Answer<unknown>> & object]>([
    ['a plain file', '/etc/plain', found('hello\n')],
    ['what is not there', '/etc/none', { fate: 'absent', detail: 'it does not exist' }],
    ['a folder on the way that is not there', '/none/x', { fate: 'absent', detail: '/none does not exist' }],
    ['a file where a folder should be', '/etc/plain/x', { fate: 'absent' }],
    ['an absolute link stays inside the root', '/etc/absolute', found('hello\n')],
    ['also in the middle of a path', '/etc/middle/deep/file', found('inside')],
    ['".." never leaves the root', '/etc/upwards', found('hello\n')],
    ['".." in the question neither', '/../../../etc/plain', found('hello\n')],
    [
      'a dangling link names both ends',
      '/etc/dangling',
      {
        fate: 'absent',
        detail: 'the symbolic link /etc/dangling -> /nowhere/at/all leads to /nowhere, which does not exist',
      },
    ],
    [
      'a good link on the way is no cause',
      '/etc/middle/none',
      { fate: 'absent', detail: '/real/none does not exist' },
    ],
    [
      'a dangling link behind a good one names its own ends',
      '/etc/middle/to-nothing',
      {
        fate: 'absent',
        detail:
          'the symbolic link /real/to-nothing -> /etc/middle/none leads to /real/none, which does not exist',
      },
    ],
    ['a loop of links', '/etc/loop-a', { fate: 'failed', detail: '/etc/loop-a: too many symbolic links' }],
    [
      'a FIFO is not opened',
      '/etc/fifo',
      { fate: 'failed', detail: '/etc/fifo is a FIFO, not a regular file' },
    ],
    [
      'a socket neither',
      '/etc/socket',
      { fate: 'failed', detail: '/etc/socket is a socket, not a regular file' },
    ],
    ['a folder', '/etc/conf.d', { fate: 'failed', detail: '/etc/conf.d is a directory, not a regular file' }],
    ['1 GB', '/etc/huge', { fate: 'failed', detail: '/etc/huge is larger than 1048576 bytes' }],
    ['packed', '/etc/config.gz', found('CONFIG_X=y\n')],
    [
      'packed, and far too large',
      '/etc/bomb.gz',
      { fate: 'failed', detail: '/etc/bomb.gz is larger than 1048576 bytes' },
    ],
    [
      'not packed at all',
      '/etc/garbage.gz',
      { fate: 'failed', detail: '/etc/garbage.gz: incorrect header check' },
    ],
    ['packed, and cut off', '/etc/cut.gz', { fate: 'failed', detail: '/etc/cut.gz: unexpected end of file' }],
    ['bytes that are no text', '/etc/binary', found('\ufffd\ufffd\0A')],
  ])('%s', (_, path, wanted) => {
    expect(ask({ ask: 'read', path })).toMatchObject(wanted)
  })

  test.runIf(isRoot)('a device is not opened', () => {
    expect(ask({ ask: 'read', path: '/etc/device' })).toMatchObject({
      fate: 'failed',
      detail: '/etc/device is a character device, not a regular file',
    })
  })

  test.each<[string, string, readonly string[], Partial<Answer<unknown>> & object]>([
    ['a file that lies there', '/etc/conf.d/a.conf', ['/etc/conf.d'], found('a')],
    ['the place itself', '/etc/absolute', ['/etc/absolute'], found('hello\n')],
    ['a place that is a link itself', '/etc/middle/deep/file', ['/etc/middle/deep'], found('inside')],
    [
      'a link to another place that may be read',
      '/etc/absolute',
      ['/etc/conf.d', '/etc/plain'],
      found('hello\n'),
    ],
    [
      'a link that leads out of it',
      '/etc/conf.d/out',
      ['/etc/conf.d', '/nix/store'],
      { fate: 'denied', detail: '/etc/conf.d/out leads to /etc/plain, which may not be read' },
    ],
    ['a place whose name only begins so', '/etc/conf.d-more/a', ['/etc/conf.d'], { fate: 'denied' }],
    ['what is not there', '/etc/conf.d/none', ['/etc/conf.d'], { fate: 'absent' }],
    [
      'a place that leads into a kernel file system',
      '/etc/to-sys/pipe',
      ['/etc/to-sys'],
      { fate: 'denied', detail: '/etc/to-sys/pipe leads to /sys/pipe, which may not be read' },
    ],
    ['what the kernel shows, asked for by its name', '/sys/pipe', ['/sys'], found('the log')],
  ])('beneath a place: %s', (_, path, beneath, wanted) => {
    expect(ask({ ask: 'read', path, beneath })).toMatchObject(wanted)
  })

  test('/proc/self of a host is not ours: it proves nothing', () => {
    mkdirSync(join(root, 'proc'), { recursive: true })
    expect(ask({ ask: 'read', path: '/proc/self/mounts' })).toMatchObject({ fate: 'failed' })
  })

  test('no link from elsewhere is followed to what the kernel shows, where reading may act or block', () => {
    mkdirSync(join(root, 'proc/4711'), { recursive: true })
    writeFileSync(join(root, 'proc/4711/environ'), 'secret')
    symlinkSync('/proc/4711/environ', join(root, 'etc/conf.d-link'))
    const detail = expect.stringContaining('leads to /proc/4711/environ')
    for (const path of ['/etc/conf.d-link', '/etc/../proc/4711/environ'])
      expect(ask({ ask: 'read', path })).toMatchObject({ fate: 'failed', detail })
    expect(ask({ ask: 'read', path: '/proc/4711/environ' })).toMatchObject({ fate: 'found' })
  })

  test('a limit of its own', () => {
    expect(ask({ ask: 'read', path: '/etc/large' }).fate).toBe('failed')
    expect(ask({ ask: 'read', path: '/etc/large', limit: 4 * 1024 * 1024 }).fate).toBe('found')
  })

  test('a file of /proc, whose size is 0', () => {
    expect(ask({ ask: 'read', path: '/proc/self/status' }, { root: '' })).toMatchObject(
      found(expect.stringContaining('Name:')),
    )
  })

  test.runIf(isRoot)('what may not be read is denied, not absent', () => {
    const script = `import(${JSON.stringify(new URL('../../agent/host/files/ask-files.ts', import.meta.url).href)}).then(async ({ askFiles }) => {
      const { createFileCache } = await import(${JSON.stringify(new URL('../../agent/host/files/file-cache.ts', import.meta.url).href)})
      process.setuid(65534)
      const view = { root: ${JSON.stringify(root)}, suspects: new Set(), hostPath: ['/private'], cache: createFileCache() }
      console.log(JSON.stringify([
        askFiles(view, { ask: 'read', path: '/private/x' }), askFiles(view, { ask: 'stat', path: '/private/x' }),
        askFiles(view, { ask: 'list', path: '/private' }), askFiles(view, { ask: 'which', name: 'x' }),
        askFiles(view, { ask: 'readAll', path: '/etc/conf.d', suffix: '.secret' }),
      ].map((answer) => answer.fate === 'found' ? answer.value.unread.length : answer.fate)))
    })`
    mkdirSync(join(root, 'private'), { mode: 0o700 })
    put('private/x', 'secret')
    put('etc/conf.d/z.secret', 'secret', 0o600)
    execFileSync('chmod', ['755', outside])
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(JSON.parse(said)).toEqual(['denied', 'denied', 'denied', 'denied', 1])
  })
})

describe('a root that is gone', () => {
  const questions: FileQuestion[] = [
    { ask: 'read', path: '/etc/plain' },
    { ask: 'readAll', path: '/etc', suffix: '.conf' },
    { ask: 'list', path: '/' },
    { ask: 'stat', path: '/etc' },
    { ask: 'statAll', path: '/etc', prefix: 'p' },
    { ask: 'which', name: 'tool' },
  ]

  test.each(questions)('proves nothing: %j', (question) => {
    const gone = join(outside, 'gone')
    const detail = `${gone}: no such file or directory`
    expect(ask(question, { root: gone })).toEqual({ fate: 'failed', detail })
  })

  test('neither when it goes while it is asked', () => {
    const going = join(outside, 'going')
    mkdirSync(going)
    writeFileSync(join(going, 'file'), 'text')
    const cache: FileCache = {
      keep(_key, _resolved, read) {
        rmSync(going, { recursive: true })
        return read()
      },
    }
    expect(ask({ ask: 'read', path: '/file' }, { root: going, cache }).fate).toBe('failed')
  })

  test.runIf(isClosed('/proc/1/root'))('or is closed to us', () => {
    for (const question of questions)
      expect(ask(question, { root: '/proc/1/root' })).toEqual({
        fate: 'denied',
        detail: '/proc/1/root: permission denied',
      })
  })
})

describe('folders', () => {
  test('every file with the ending, and nothing else', () => {
    const answer = ask({ ask: 'readAll', path: '/etc/conf.d', suffix: '.conf' })
    const masked = isRoot ? [{ path: '/etc/conf.d/masked.conf', text: '' }] : []
    expect(answer).toMatchObject({
      value: { files: [{ path: '/etc/conf.d/a.conf', text: 'a' }, ...masked], unread: [] },
    })
  })

  test('names', () => {
    expect(ask({ ask: 'statAll', path: '/etc', prefix: 'mid' })).toEqual({
      fate: 'found',
      value: { entries: [{ name: 'middle', type: 'directory' }], unread: [] },
    })
    expect(ask({ ask: 'statAll', path: '/etc', prefix: 'dangl' })).toMatchObject({
      value: { entries: [], unread: [] },
    })
    expect(ask({ ask: 'statAll', path: '/etc', prefix: 'loop-' })).toMatchObject({
      value: { entries: [], unread: [{ path: '/etc/loop-a' }, { path: '/etc/loop-b' }] },
    })
    expect(ask({ ask: 'statAll', path: '/none', prefix: 'a' }).fate).toBe('absent')
    expect(ask({ ask: 'statAll', path: '/etc/plain', prefix: 'a' }).fate).toBe('failed')
    expect(ask({ ask: 'list', path: '/usr' })).toEqual({ fate: 'found', value: { names: ['bin', 'sbin'] } })
    expect(ask({ ask: 'list', path: '/etc/plain' }).fate).toBe('failed')
    expect(ask({ ask: 'list', path: '/none' }).fate).toBe('absent')
  })

  test.each<[string, string]>([
    ['/etc/fifo', 'fifo'],
    ['/etc/socket', 'socket'],
    ['/etc', 'directory'],
    ['/etc/absolute', 'file'],
    ['/', 'directory'],
    ...(isRoot ? [['/etc/device', 'char'] satisfies [string, string]] : []),
  ])('%s is a %s', (path, type) => {
    expect(ask({ ask: 'stat', path })).toMatchObject({ fate: 'found', value: { type } })
  })
})

describe('programs', () => {
  test.each<[string, string, object]>([
    ['on the path', 'tool', { fate: 'found', value: { path: '/usr/sbin/tool', executable: true } }],
    [
      'one that may be executed wins over an earlier one that may not',
      'plain-tool',
      { value: { path: '/usr/sbin/plain-tool', executable: true } },
    ],
    ['none may be executed', 'dull', { value: { path: '/usr/sbin/dull', executable: false } }],
    ['nowhere', 'none', { fate: 'absent', detail: 'looked for /bin/none, /usr/bin/none, /usr/sbin/none' }],
    [
      'a dangling link',
      'dangling-tool',
      { fate: 'absent', detail: expect.stringContaining('/usr/sbin/dangling-tool -> /nowhere/tool') },
    ],
    ['a folder of that name is no program', 'only-folder', { fate: 'absent' }],
    ['an absolute path', '/usr/sbin/tool', { value: { path: '/usr/sbin/tool', executable: true } }],
  ])('%s', (_, name, wanted) => {
    expect(ask({ ask: 'which', name })).toMatchObject(wanted)
  })
})

describe('a mount that may hang', () => {
  test.each<FileQuestion>([
    { ask: 'read', path: '/etc/plain' },
    { ask: 'read', path: '/etc/absolute' },
    { ask: 'stat', path: '/etc/middle/../etc/conf.d' },
    { ask: 'which', name: '/etc/plain' },
  ])('is not touched: %j', (question) => {
    expect(() => ask(question, { suspects: new Set(['/etc']) })).toThrow('/etc may hang')
  })

  test('does not matter to a program that is found before it', () => {
    expect(ask({ ask: 'which', name: 'plain-tool' }, { suspects: new Set(['/sbin']) }).fate).toBe('found')
  })
})

describe('the same answer again', () => {
  const cache = createFileCache()
  const read = () => {
    const answer = ask({ ask: 'read', path: '/etc/cached' }, { cache })
    return answer.fate === 'found' ? answer.value : answer
  }
  const age = () => utimesSync(join(root, 'etc/cached'), new Date(0), new Date(0))

  test('not while it may still change within the clock', () => {
    // Between the two it may grow old, on a busy machine; once they are quick enough.
    const isKept = () => {
      put('etc/cached', 'one')
      return read() === read()
    }
    expect(Array.from({ length: 20 }, isKept)).toContain(false)
  })

  test('for a file that did not change, and not for one that did', async () => {
    put('etc/cached', 'one')
    age()
    await new Promise((resolve) => setTimeout(resolve, 2_100))
    const first = read()
    expect(read()).toBe(first)
    put('etc/cached', 'two')
    expect(read()).toEqual({ text: 'two' })
  })

  test('for what the kernel was built with, whatever date procfs gives it; for nothing else there', () => {
    const readAt = (path: string) => ask({ ask: 'read', path }, { cache }) as { readonly value?: unknown }
    for (const [path, isKept] of [
      ['/proc/config.gz', true],
      ['/proc/cmdline', false],
    ] as const) {
      put(path, path.endsWith('.gz') ? gzipSync('CONFIG_NET=y') : 'quiet')
      const first = readAt(path).value
      utimesSync(join(root, path), new Date(1_000), new Date(1_000))
      expect(readAt(path)).toEqual({ fate: 'found', value: first })
      expect(readAt(path).value === first).toBe(isKept)
    }
  })
})

test('the folders on the way are cached for one set of questions only', async () => {
  const path = join(outside, 'late')
  const passed: NonNullable<FileView['passed']> = new Map()
  const fateOf = () => ask({ ask: 'stat', path }, { root: '', passed }).fate
  const host = openHost({ procfs: '/proc', targetPid: null, deadline: () => 60_000 })
  const asked = async () => (await host.ask([{ ask: 'stat', path }]))[0]?.[1].fate
  expect([fateOf(), await asked()]).toEqual(['absent', 'absent'])
  writeFileSync(path, '')
  expect([fateOf(), await asked()]).toEqual(['absent', 'found'])
})

function ask(question: FileQuestion, other: Partial<FileView> = {}): Answer<unknown> {
  const view = {
    root,
    suspects: new Set<string>(),
    hostPath: ['/bin', '/usr/bin', '/usr/sbin'],
    cache: createFileCache(),
  }
  return askFiles({ ...view, ...other }, question)
}

/** The machine that the tests run on may close its process 1 even to root. */
function isClosed(place: string): boolean {
  try {
    lstatSync(`${place}/`)
    return false
  } catch {
    return true
  }
}

function found(text: unknown): object {
  return { fate: 'found', value: { text } }
}

function put(path: string, content: string | Buffer, mode = 0o644): void {
  writeFileSync(join(root, path), content, { mode })
}
