import { describe, expect, test } from 'vitest'
import { limits } from '#agent/needs/limits.ts'
import { processNeed } from '#agent/needs/process.ts'
import { absent, found, judgeBy, provesNothing } from './answer-each.ts'

const table = `Limit                     Soft Limit           Hard Limit           Units
Max stack size            8388608              unlimited            bytes
Max locked memory         unlimited            unlimited            bytes
Max open files            1024                 524288               files
`
const runs = () => found({ limits: table })

test('a process runs, or one of several, or none', () => {
  const only = (name: string) => (question: { name?: string }) => (question.name === name ? runs() : absent)
  const anyOf = { process: { anyOf: ['kubelet', 'k3s-server'] } }
  expect(judgeBy(processNeed, { process: 'kubelet' }, { answer: runs }).message).toBe('kubelet runs')
  expect(judgeBy(processNeed, anyOf, { answer: only('k3s-server') as () => never }).reason).toBe(
    'ProcessRuns',
  )
  const none = judgeBy(processNeed, anyOf, { answer: () => absent })
  expect([none.reason, none.message]).toEqual(['ProcessNotFound', 'no kubelet or k3s-server runs'])
})

test.each<[string, object, string]>([
  ['enough', { nofile: 1024 }, 'LimitsOk'],
  ['one too few', { nofile: 1025 }, 'LimitTooLow'],
  ['unlimited is enough', { memlock: 9_000_000_000 }, 'LimitsOk'],
  ['unlimited, as wanted', { memlock: 'unlimited' }, 'LimitsOk'],
  ['limited, and must not be', { stack: 'unlimited' }, 'LimitTooLow'],
  ['one of two', { memlock: 'unlimited', nofile: 65_536 }, 'LimitTooLow'],
  ['one that the kernel does not list', { nproc: 1 }, 'QuestionFailed'],
])('limits: %s', (_, wanted, reason) => {
  expect(judgeBy(limits, { limits: { process: 'containerd', ...wanted } }, { answer: runs }).reason).toBe(
    reason,
  )
})

test('of a process that does not run there is nothing to say', () => {
  const written = { limits: { process: 'crio', nofile: 1 } }
  expect(judgeBy(limits, written, { answer: () => absent }).state).toBe('not-applicable')
})

test('what is low is evidence, not message', () => {
  const { message, evidence } = judgeBy(
    limits,
    { limits: { process: 'containerd', nofile: 65_536 } },
    { answer: runs },
  )
  expect(message).toBe('the limit nofile of containerd is below 65536; its containers inherit it')
  expect(evidence).toEqual(['nofile 1024'])
})

describe('what raises a limit', () => {
  const mend = (spec: object) => limits.genericFix?.(limits.schema.parse({ limits: spec }), null)?.all?.run

  test('a drop-in of the service, never below what is customary for open files', () => {
    expect(mend({ process: 'containerd', nofile: 65_536 })).toEqual([
      'mkdir -p /etc/systemd/system/containerd.service.d',
      String.raw`printf '[Service]\nLimitNOFILE=1048576\n' > /etc/systemd/system/containerd.service.d/hostdeps-nofile.conf`,
      'systemctl daemon-reload && systemctl restart containerd',
    ])
    expect(mend({ process: 'crio', memlock: 'unlimited' })?.[1]).toContain('LimitMEMLOCK=infinity')
  })

  test('a name that a shell would read as more than a name is put into no command', () => {
    expect(mend({ process: "a';reboot;'", nofile: 1 })).toBeUndefined()
  })
})

test.each(provesNothing)('%j is unknown', (answer, reason) => {
  expect(judgeBy(processNeed, { process: 'kubelet' }, { answer: () => answer }).reason).toBe(reason)
  expect(
    judgeBy(limits, { limits: { process: 'kubelet', nofile: 1 } }, { answer: () => answer }).reason,
  ).toBe(reason)
})

test.each(['a name that is too long', '/usr/bin/kubelet', { anyOf: [] }])('refused: %j', (written) => {
  expect(processNeed.schema.safeParse({ process: written }).success).toBe(false)
})

test.each([
  { process: 'kubelet' },
  { nofile: 1 },
  { process: 'a', nofile: 'many' },
  { process: 'a', files: 1 },
])('refused: limits %j', (written) => {
  expect(limits.schema.safeParse({ limits: written }).success).toBe(false)
})
