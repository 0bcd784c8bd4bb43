import { describe, expect, test } from 'vitest'
import { readCheckFile } from '#agent/catalog/check-file.ts'
import { formatMistake } from '#agent/catalog/yaml/mistake.ts'
import type { Rules } from '#agent/catalog/custom/rules.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import type { ReadQuestion } from '#agent/model/question.ts'
import { found } from '../needs/answer-each.ts'
import { debian } from '../needs/memory-host.ts'

const shipped: Rules = { origin: 'shipped', allowCommands: true }
const own: Rules = { origin: 'custom', allowCommands: false }

test('a good file becomes a check with its needs, in their order', () => {
  const read = readCheckFile('dir/good.yaml', good, shipped)
  expect(read).toMatchObject({
    check: {
      name: 'good',
      title: 'A title',
      needs: [
        { type: 'host', id: 'binary:iscsiadm', kind: 'binary', recommended: false, why: null },
        { type: 'anyOf', id: 'anyOf:package:a+1', recommended: true },
        { type: 'check', id: 'check:other', check: 'other', why: 'because' },
        { type: 'host', id: 'binary:mount.nfs@kubelet' },
      ],
      fix: { debian: { packages: ['open-iscsi'], run: ['systemctl enable --now iscsid'] } },
    },
  })
})

const good = `
title: A title
why: A reason.
needs:
  - binary: iscsiadm
    run: [--version]
  - anyOf: [{ package: a }, { unit: b }]
    recommended: true
  - check: other
    why: because
  - binary: mount.nfs
    in: { process: kubelet }
fix:
  debian: { packages: [open-iscsi], run: systemctl enable --now iscsid }
`

describe('mistakes', () => {
  test('a file or alias that is called none, which asks for no check', () => {
    const says =
      'cannot be the name of a check: the annotation "hostdeps.dev/requires: none" asks for no check'
    const text = `${head}  - binary: a\naliases: [none, other]`
    expect(mistakesOf(text)).toEqual([`c.yaml:5: aliases[0]: ${says}`])
    const read = readCheckFile('none.yaml', `${head}  - binary: a`, own)
    const mistakes = 'mistakes' in read ? read.mistakes.map(formatMistake) : []
    expect(mistakes).toEqual([`none.yaml:1: the file's name is the check's name, but "none" ${says}`])
  })

  test('three in one file are reported at once, each with its line and the closest word', () => {
    const text = `title: A title
wy: A reason.
why: A reason.
needs:
  - binary: iscsiadm
    recomended: true
  - packge: open-iscsi
`
    expect(mistakesOf(text)).toEqual([
      'c.yaml:2: wy: unknown key (did you mean why?)',
      'c.yaml:6: needs[0].recomended: unknown key (did you mean recommended?)',
      expect.stringMatching(/^c\.yaml:7: needs\[1\]: has no kind of need \(did you mean package\?\)/),
    ])
  })

  test.each<[string, string, RegExp]>([
    ['no title', 'why: w\nneeds: [{ binary: a }]', /^c\.yaml:1: title: is required here/],
    ['not a map', '- a', /^c\.yaml:1: .*expected object/],
    ['empty', '', /^c\.yaml:1: /],
    ['no needs', 'title: t\nwhy: w\nneeds: []', /^c\.yaml:3: needs: /],
    [
      'a need that is none',
      `${head}  - iscsiadm`,
      /^c\.yaml:4: needs\[0\]: is not a need; write, for example/,
    ],
    [
      'two kinds in one',
      `${head}  - binary: a\n    package: b`,
      /combines several needs \(binary, package\)/,
    ],
    [
      'the same need twice',
      `${head}  - binary: a\n  - binary: a`,
      /^c\.yaml:5: needs\[1\]: the need binary:a is here twice/,
    ],
    [
      'a name that is a pattern',
      `${head}  - package: bas*`,
      /^c\.yaml:4: needs\[0\]\.package: is not the name of a package/,
    ],
    [
      'a bare version',
      `${head}  - binary: a\n    run: [-V]\n    version: "2.1"`,
      /^c\.yaml:6: .*no operator; write, for example, ">=2\.1"/,
    ],
    ['a wrong pattern', `${head}  - file: { path: /a, matches: "(" }`, /^c\.yaml:4: .*RE2/],
    [
      'a key of a nested form',
      `${head}  - file: { path: /a, matchs: x }`,
      /^c\.yaml:4: needs\[0\]\.file\.matchs: unknown key \(did you mean matches\?\)/,
    ],
    [
      'inside anyOf',
      `${head}  - anyOf:\n      - binary: a\n        rn: [x]`,
      /^c\.yaml:6: needs\[0\]\.anyOf\[0\]\.rn: unknown key \(did you mean run\?\)/,
    ],
    [
      'a symptom of a need that the check does not have',
      `${head}  - binary: iscsiadm\n  - check: other\nsymptoms:\n  - { log: abcd, means: m, need: 'check:other' }\n  - { log: abcd, means: m, need: 'binry:iscsiadm' }`,
      /^c\.yaml:8: symptoms\[1\]\.need: is not the id of a need of this check \(did you mean binary:iscsiadm\?\)$/,
    ],
    [
      'a symptom of a need that is like none of the check',
      `${head}  - binary: iscsiadm\nsymptoms: [{ log: abcd, means: m, need: 'sysctl:vm.max_map_count' }]`,
      /^c\.yaml:5: symptoms\[0\]\.need: is not the id of a need of this check$/,
    ],
    [
      'the mode of another LSM',
      `${head}  - lsm: { name: apparmor, mode: enforcing }`,
      /^c\.yaml:4: needs\[0\]\.lsm\.name: must be selinux: only it has a mode$/,
    ],
    [
      'an unknown distribution',
      `${head}  - binary: a\nfix:\n  debain: { packages: [a] }`,
      /^c\.yaml:6: fix\.debain: unknown key \(did you mean debian\?\)/,
    ],
    [
      'a key of a fix',
      `${head}  - binary: a\n    fix:\n      debian:\n        packges: [a]`,
      /^c\.yaml:7: needs\[0\]\.fix\.debian\.packges: unknown key \(did you mean packages\?\)/,
    ],
    [
      'a shell in a package name',
      `${head}  - binary: a\nfix: { all: { packages: ["a; reboot"] } }`,
      /is not the name of a package/,
    ],
    ['a key twice', `${head}  - binary: a\ntitle: again`, /^c\.yaml:5: .*[Uu]nique/],
    ['no YAML at all', 'title: [', /^c\.yaml:\d+: /],
    [
      'a process name that is too long',
      `${head}  - binary: a\n    in: { process: a-name-longer-than-15 }`,
      /process/,
    ],
    ...[
      'port: 80',
      'process: kubelet',
      'limits: { process: kubelet, nofile: 1 }',
      'unit: iscsid',
      'cgroup: 2',
    ].map((need): [string, string, RegExp] => [
      `whose view it is, of what is one for the whole host (${need})`,
      `${head}  - ${need}\n    in: { process: kubelet }`,
      /^c\.yaml:5: needs\[0\]\.in: must be host: it is the same in every mount namespace$/,
    ]),
    [
      'whose view it is, of alternatives',
      `${head}  - anyOf: [{ binary: a }]\n    in: { process: kubelet }`,
      /^c\.yaml:5: needs\[0\]\.in: must be host: set it on each alternative$/,
    ],
    [
      'whose view it is, of another check',
      `${head}  - check: other\n    in: { process: kubelet }`,
      /^c\.yaml:5: needs\[0\]\.in: must be host: the needs of that check decide$/,
    ],
  ])('%s', (_, text, wanted) => {
    expect(mistakesOf(text)).toEqual([expect.stringMatching(wanted)])
  })

  test.each(['Capital', 'under_score', '-dash', 'a'.repeat(57)])(
    'a file name that is no label, or too long for one: %s',
    (name) => {
      const read = readCheckFile(`${name}.yaml`, `${head}  - binary: a`, shipped)
      expect('mistakes' in read && read.mistakes[0]?.message).toContain("the file's name is the check's name")
    },
  )
})

test.each([
  ['an alternative', 'binary:b'],
  ['any of them', null],
  ['none of them', 'none'],
])('a symptom may be of %s', (_, need) => {
  const named = need === null ? '' : `, need: '${need}'`
  const text = `${head}  - anyOf: [{ binary: a }, { binary: b }]\nsymptoms: [{ log: abcd, means: m${named} }]`
  expect(readCheckFile('c.yaml', text, own)).toMatchObject({ check: { symptoms: [{ need }] } })
})

test.each(['port: 80', 'check: other', 'anyOf: [{ binary: a }]', 'file: /a'])(
  'in: host may be written: %s',
  (need) => {
    expect(mistakesOf(`${head}  - ${need}\n    in: host`)).toEqual([])
  },
)

describe('custom checks', () => {
  test.each<[string, string, RegExp]>([
    ['run', '- binary: sh\n    run: [-c, reboot]', /custom checks may not run sh -c reboot/],
    ['version', '- binary: sh\n    run: [-V]\n    version: ">=1"', /custom checks may not run sh -V/],
    [
      'the content of a private file',
      '- file: { path: /etc/shadow, matches: root }',
      /custom checks may not match the content of \/etc\/shadow/,
    ],
    [
      'passwords of iSCSI',
      '- file: { path: /etc/iscsi/iscsid.conf, matches: password }',
      /custom checks may not match the content of \/etc\/iscsi\/iscsid\.conf/,
    ],
    [
      'keys of the kernel',
      '- file: { path: /proc/sys/net/ipv4/tcp_fastopen_key, matches: a }',
      /custom checks may not match the content of .*tcp_fastopen_key,/,
    ],
    [
      'keys of the kernel with the dot of a folder behind',
      '- file: { path: /proc/sys/net/ipv4/tcp_fastopen_key/., matches: a }',
      /must not hold \. or \.\./,
    ],
    [
      'keys of the kernel with a slash behind',
      '- file: { path: /proc/sys/net/ipv6/conf/eth0/stable_secret/, matches: a }',
      /custom checks may not match the content of .*stable_secret,/,
    ],
    [
      'keys of the kernel as a setting',
      '- sysctl: net.ipv4.tcp_fastopen_key\n    is: a',
      /custom checks may not match the content of .*tcp_fastopen_key,/,
    ],
    [
      'the kernel that traces',
      '- file: { path: /sys/kernel/tracing/trace_pipe, matches: a }',
      /custom checks may not match the content of .*trace_pipe,/,
    ],
    [
      'what a crash left',
      '- file: { path: /sys/fs/pstore/dmesg-1, matches: a }',
      /custom checks may not match the content of .*dmesg-1,/,
    ],
    [
      'addresses in the kernel',
      '- file: { path: /sys/module/nfs/sections/.text, matches: "0xf" }',
      /custom checks may not match the content of .*\.text,/,
    ],
    [
      'addresses of the modules',
      '- file: { path: /proc/modules, matches: "nfs .* 0xf" }',
      /custom checks may not match the content of .*\/proc\/modules,/,
    ],
    [
      'a way around the allow list',
      '- file: { path: /etc/modprobe.d/../shadow, matches: root }',
      /must not hold \. or \.\./,
    ],
    [
      'a certificate anywhere',
      '- certificate: /root/.ssh/id_rsa',
      /custom checks may not read a certificate at \/root\/\.ssh\/id_rsa; allowed are \/etc\/kubernetes\/pki\/,/,
    ],
    [
      'a certificate beside where they are kept',
      '- certificate: { path: /etc/ssl-private/x.pem, valid: 7d }',
      /custom checks may not read a certificate at \/etc\/ssl-private\/x\.pem/,
    ],
    ['inside anyOf too', '- anyOf: [{ binary: sh, run: [-V] }]', /custom checks may not run sh -V/],
  ])('may not: %s', (_, need, wanted) => {
    const read = readCheckFile('c.yaml', `${head}  ${need}`, own)
    expect('mistakes' in read && read.mistakes.map(formatMistake)).toEqual([expect.stringMatching(wanted)])
  })

  test.each([
    '- binary: sh',
    '- file: /etc/shadow',
    '- file: { path: /etc/shadow, mode: "0640" }',
    '- file: { path: /etc/iscsi/initiatorname.iscsi, matches: iqn }',
    '- file: { path: /sys/module/nfs/parameters/callback_tcpport, matches: "^0$" }',
    '- file: { path: /sys/kernel/mm/transparent_hugepage/enabled, matches: madvise }',
    '- sysctl: vm.swappiness\n    max: 60',
    '- sysctl: kernel.keys.root_maxkeys\n    min: 1000000',
    '- certificate: { path: /var/lib/kubelet/pki/kubelet-client-current.pem, valid: 7d }',
    '- certificate: /var/lib/rancher/k3s/server/tls/client-admin.crt',
  ])('may: %s', (need) => {
    expect(readCheckFile('c.yaml', `${head}  ${need}`, own)).toHaveProperty('check')
  })

  test.each<[string, string, readonly string[]]>([
    ['a file', '- file: { path: /etc//modprobe.d/a.conf, matches: a }', ['/etc/modprobe.d']],
    [
      'a parameter of a module',
      '- file: { path: /sys/module/nfs/parameters/x, matches: a }',
      ['/sys/module/nfs/parameters'],
    ],
    ['a setting', '- sysctl: vm.swappiness\n    max: 60', ['/proc/sys']],
    ['a certificate', '- certificate: /etc/ssl/x/y.pem', ['/etc/ssl']],
  ])('what is read of it must lie there by its real name too: %s', (_, need, places) => {
    const question = readOf(need, own)
    expect(question?.beneath?.slice(0, 1)).toEqual(places)
    expect(question?.beneath).toContain('/nix/store')
    expect(readOf(need, shipped)?.beneath).toBeUndefined()
  })

  test('and its answer is found again', () => {
    const read = readCheckFile('c.yaml', `${head}  - sysctl: vm.swappiness\n    max: 60`, own)
    const [need] = 'check' in read ? read.check.needs : []
    if (need?.type !== 'host') throw new Error('it is a need of the host')
    const answers = need.questions(debian).map((one) => [one, found({ text: '60\n' })] as const)
    expect(need.judge(collectAnswers(answers), debian).reason).toBe('SysctlOk')
  })

  function readOf(need: string, rules: Rules): ReadQuestion | undefined {
    const read = readCheckFile('c.yaml', `${head}  ${need}`, rules)
    const [first] = 'check' in read ? read.check.needs : []
    const questions = first?.type === 'host' ? first.questions(debian) : []
    return questions.find((question): question is ReadQuestion => question.ask === 'read')
  }

  test('a shipped check may read a certificate anywhere except in kernel file systems', () => {
    const read = (path: string) => readCheckFile('c.yaml', `${head}  - certificate: ${path}`, shipped)
    expect(read('/opt/app/tls.pem')).toHaveProperty('check')
    for (const path of ['/proc/kmsg', '/sys/kernel/tracing/trace_pipe', '/dev/kmsg', '//proc/kmsg'])
      expect('mistakes' in read(path) && read(path)).toMatchObject({
        mistakes: [{ message: expect.stringContaining('is no place of a certificate') }],
      })
  })

  test('may run commands when the agent allows it', () => {
    const text = `${head}  - binary: sh\n    run: [-V]`
    expect(readCheckFile('c.yaml', text, { ...own, allowCommands: true })).toHaveProperty('check')
  })
})

const head = 'title: t\nwhy: w\nneeds:\n'

function mistakesOf(text: string): string[] {
  const read = readCheckFile('c.yaml', text, shipped)
  return 'mistakes' in read ? read.mistakes.map(formatMistake) : []
}
