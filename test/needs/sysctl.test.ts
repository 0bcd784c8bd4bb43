import { describe, expect, test } from 'vitest'
import { sysctl } from '#agent/needs/kernel/sysctl.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import { undoing } from '#agent/needs/kernel/sysctl-files.ts'
import { keyPath } from '#agent/needs/parts/sysctl-key.ts'
import { judgeOn, unansweredFates } from './memory-host.ts'

describe('the value', () => {
  test.each([
    ['exact', { is: 1 }, '1\n', 'SysctlOk'],
    ['other', { is: 1 }, '0\n', 'SysctlWrong'],
    [
      'tabs of the kernel, spaces of people',
      { is: '4096 131072 33554432' },
      '4096\t131072\t33554432\n',
      'SysctlOk',
    ],
    ['a field too few', { is: '4096 131072' }, '4096\t131072\t33554432\n', 'SysctlWrong'],
    ['text', { is: 'bbr' }, 'cubic\n', 'SysctlWrong'],
    ['only there', {}, 'anything', 'SysctlOk'],
    ['min met', { min: 128 }, '128', 'SysctlOk'],
    ['min compares numbers, not text', { min: 9 }, '10', 'SysctlOk'],
    ['min not met', { min: 128 }, '127', 'SysctlWrong'],
    ['max not met', { max: 10 }, '60', 'SysctlWrong'],
    ['beyond 2^53', { min: '18446744073692774399' }, '18446744073692774398', 'SysctlWrong'],
    ['min by field', { min: '4096 87380 1000' }, '4096\t131072\t999', 'SysctlWrong'],
    ['min of one, values of three: not comparable', { min: 1 }, '4096\t131072\t999', 'QuestionFailed'],
    ['min of what is no number: not comparable', { min: 1 }, 'cubic', 'QuestionFailed'],
    ['empty where a number is needed', { min: 1 }, '', 'QuestionFailed'],
  ] as const)('%s', (_, expected, text, reason) => {
    const verdict = judgeOn(sysctl, { sysctl: 'net.x', ...expected }, { files: { '/proc/sys/net/x': text } })
    expect(verdict.reason).toBe(reason)
  })

  test('the fix sets what is wrong, and leaves fields that are right as they are', () => {
    const files = { '/proc/sys/net/ipv4/tcp_rmem': '8192\t131072\t999\n' }
    const verdict = judgeOn(sysctl, { sysctl: 'net.ipv4.tcp_rmem', min: '4096 87380 1000' }, { files })
    expect(verdict.genericFix).toEqual({ sysctls: { 'net.ipv4.tcp_rmem': '8192 131072 1000' } })
    expect(verdict.message).toBe('net.ipv4.tcp_rmem is 8192 131072 999, must be at least 4096 87380 1000')
  })

  test('a secret setting is not shown', () => {
    const files = { '/proc/sys/net/ipv4/tcp_fastopen_key': 'd2bfe52e-1be41d42' }
    expect(judgeOn(sysctl, { sysctl: 'net.ipv4.tcp_fastopen_key' }, { files }).message).not.toContain('d2bf')
  })
})

describe('fates', () => {
  test('a key that the kernel does not have is missing', () => {
    const verdict = judgeOn(sysctl, { sysctl: 'net.bridge.bridge-nf-call-iptables', is: 1 }, { files: {} })
    expect(verdict).toMatchObject({ state: 'missing', reason: 'SysctlNotFound' })
  })

  test.each(unansweredFates)('%s is unknown', (fate) => {
    const files = { '/proc/sys/vm/compact_memory': fate }
    expect(judgeOn(sysctl, { sysctl: 'vm.compact_memory' }, { files }).state).toBe('unknown')
  })
})

test.each([
  ['net.ipv4.ip_forward', 'net/ipv4/ip_forward'],
  ['net/ipv4/ip_forward', 'net/ipv4/ip_forward'],
  ['net.ipv4.conf.b0/100.rp_filter', 'net/ipv4/conf/b0.100/rp_filter'],
  ['net/ipv4/conf/b0.100/rp_filter', 'net/ipv4/conf/b0.100/rp_filter'],
  ['net.bridge.bridge-nf-call-iptables', 'net/bridge/bridge-nf-call-iptables'],
  ['../../etc/shadow', null],
  ['net/../../etc/shadow', null],
  ['a.//.b', null],
  ['a..b', null],
  ['/etc/shadow', null],
  ['', null],
])('the path of %s is %s', (key, path) => {
  expect(keyPath(key)).toBe(path)
})

test.each([
  ['two bounds', { sysctl: 'a.b', is: 1, min: 1 }],
  ['a key that leaves /proc/sys', { sysctl: 'a/../../b' }],
  ['a value that would end the quotes of its command', { sysctl: 'a.b', is: "1'; reboot; '" }],
  ['a value of two lines', { sysctl: 'a.b', is: '1\n2' }],
  ['a number that lost its digits', { sysctl: 'a.b', is: 2 ** 64 }],
  ['a bound that is no number', { sysctl: 'a.b', min: 'much' }],
  ['an unknown key', { sysctl: 'a.b', value: 1 }],
])('refused: %s', (_, written) => {
  expect(sysctl.schema.safeParse(written).success).toBe(false)
})

test('a line that would undo a secret is named without its value', () => {
  const folder = { path: '/etc/sysctl.d/99-a.conf', text: 'net.ipv4.tcp_fastopen_key = 1-2-3-4\n' }
  const question = { ask: 'readAll', path: '/etc/sysctl.d', suffix: '.conf' } as const
  const answers = collectAnswers([[question, { fate: 'found', value: { files: [folder], unread: [] } }]])
  const how = { after: '90-a.conf', isWrong: () => true, answers, init: { type: 'systemd' } } as const
  expect(undoing('net.ipv4.tcp_fastopen_key', how)).toMatchObject([{ value: 'a secret', line: 1 }])
})
