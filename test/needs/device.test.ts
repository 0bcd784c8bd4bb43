import { describe, expect, test } from 'vitest'
import type { Answer, FileStat } from '#agent/model/question.ts'
import { device } from '#agent/needs/places/device.ts'
import { absent, found, judgeBy, provesNothing } from './answer-each.ts'

const kvm: FileStat = { type: 'char', mode: 0o660, uid: 0, gid: 104, size: 0, realPath: '/dev/kvm' }
// As on a machine with an NVIDIA card; columns after the third are cut.
const pci = '0000\t80861237\t0\t0\n0300\t10de20b0\tb\tnvidia\n'

/** Each way in which a device may be asked for. */
const ways = ['/dev/kvm', '/dev/dri/renderD*', { pci: '10de' }]

describe('a device file', () => {
  test.each<[string, unknown, Partial<FileStat>, string]>([
    ['there', '/dev/kvm', {}, 'FileFound'],
    ['of the type', { path: '/dev/kvm', type: 'char' }, {}, 'FileFound'],
    ['of the other type', { path: '/dev/kvm', type: 'block' }, {}, 'FileWrongType'],
    ['a plain file in its place', '/dev/kvm', { type: 'file' }, 'FileWrongType'],
    ['a folder in its place', '/dev/kvm', { type: 'directory' }, 'FileWrongType'],
    ['with the permissions', { path: '/dev/kvm', minMode: '0660' }, {}, 'FileFound'],
    ['with more of them', { path: '/dev/kvm', minMode: '0660' }, { mode: 0o666 }, 'FileFound'],
    ['with fewer of them', { path: '/dev/kvm', minMode: '0666' }, {}, 'FileWrongMode'],
  ])('%s', (_, written, stat, reason) => {
    const verdict = judgeBy(device, { device: written }, { answer: () => found({ ...kvm, ...stat }) })
    expect(verdict.reason).toBe(reason)
  })

  test('is never opened', () => {
    expect(device.questions(device.schema.parse({ device: '/dev/watchdog' }), {} as never)).toEqual([
      { ask: 'stat', path: '/dev/watchdog' },
    ])
  })
})

describe('device files by the beginning of their name', () => {
  const dri = (...entries: readonly [string, FileStat['type']][]) =>
    found({ entries: entries.map(([name, type]) => ({ name, type })), unread: [] })
  const judge = (answer: Answer<unknown>) =>
    judgeBy(device, { device: '/dev/dri/renderD*' }, { answer: () => answer })

  test.each<[string, Answer<unknown>, string]>([
    ['two', dri(['renderD128', 'char'], ['renderD129', 'char']), 'FileFound'],
    ['a folder before it', dri(['renderD-caps', 'directory'], ['renderD128', 'char']), 'FileFound'],
    ['a disk', dri(['renderD128', 'block']), 'FileFound'],
    ['a folder of such a name alone', dri(['renderD-caps', 'directory']), 'FileNotFound'],
    ['a plain file', dri(['renderD128', 'file']), 'FileNotFound'],
    ['none', dri(), 'FileNotFound'],
  ])('%s', (_, answer, reason) => {
    const verdict = judge(answer)
    expect(verdict.reason).toBe(reason)
    expect(verdict.message).toMatch(/renderD(128 is there|\* is not there)/)
  })

  test('what stands there instead is evidence', () => {
    expect(judge(dri(['renderD-caps', 'directory'])).evidence).toEqual([
      'nothing in /dev/dri of such a name is a device: renderD-caps is a directory',
    ])
  })

  test('one that may not be looked at proves nothing, unless there is another', () => {
    const unread = [{ path: '/dev/dri/renderD129', detail: 'permission denied' }]
    expect(judge(found({ entries: [], unread })).state).toBe('unknown')
    expect(judge(found({ entries: [{ name: 'renderD128', type: 'char' }], unread })).state).toBe('ready')
  })

  test('they are not opened', () => {
    expect(device.questions(device.schema.parse({ device: '/dev/nvidia*' }), {} as never)).toEqual([
      { ask: 'statAll', path: '/dev', prefix: 'nvidia' },
    ])
  })
})

describe('a device on the PCI bus', () => {
  test.each([
    ['10de', 'PciDeviceFound'],
    ['10DE', 'PciDeviceFound'],
    ['10de:20b0', 'PciDeviceFound'],
    ['10de:1db6', 'PciDeviceNotFound'],
    ['20b0', 'PciDeviceNotFound'],
    ['15b3', 'PciDeviceNotFound'],
  ])('%s', (wanted, reason) => {
    const verdict = judgeBy(device, { device: { pci: wanted } }, { answer: () => found({ text: pci }) })
    expect(verdict.reason).toBe(reason)
  })
})

describe('fates', () => {
  test.each(['/dev/kvm', '/dev/dri/renderD*'])('%s that is not there is missing', (written) => {
    const verdict = judgeBy(device, { device: written }, { answer: () => absent })
    expect(verdict).toMatchObject({ state: 'missing', reason: 'FileNotFound' })
  })

  test('that the kernel does not list PCI devices proves nothing', () => {
    expect(judgeBy(device, { device: { pci: '10de' } }, { answer: () => absent }).state).toBe('unknown')
  })

  test.each(ways.flatMap((way) => provesNothing.map(([answer, reason]) => [way, answer, reason] as const)))(
    '%j: %j',
    (written, answer, reason) => {
      const verdict = judgeBy(device, { device: written }, { answer: () => answer })
      expect(verdict).toMatchObject({ state: 'unknown', reason })
    },
  )
})

test.each([
  ['not below /dev', '/etc/passwd'],
  ['a path that leaves /dev', '/dev/../etc/passwd'],
  ['a pattern that leaves /dev', '/dev/../etc/*'],
  ['a pattern in the middle', '/dev/*/by-id'],
  ['a type that is no device', { path: '/dev/x', type: 'socket' }],
  ['a number, of which nobody knows whether it is octal', { path: '/dev/x', minMode: 660 }],
  ['a pattern with a type', { path: '/dev/x*', type: 'char' }],
  ['half an id', { pci: '10d' }],
])('refused: %s', (_, written) => {
  expect(device.schema.safeParse({ device: written }).success).toBe(false)
})
