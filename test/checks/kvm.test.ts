import { expect, test } from 'vitest'
import { readCatalog } from '#agent/catalog/catalog.ts'
import { readShipped } from '#agent/catalog/load.ts'
import { fixText } from '#agent/fixes/fix-text.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import { judge } from '#agent/model/judge.ts'
import { plan } from '#agent/model/plan.ts'
import type { Answer, Question } from '#agent/model/question.ts'
import { absent, found } from '../needs/answer-each.ts'
import { debian } from '../needs/memory-host.ts'

/** A guest whose CPU shows neither vmx nor svm; its KVM, if it has one, is by another way (PVM, pKVM). */
const cpuinfo = 'processor : 0\nflags : fpu sse2 sse4_2\n\n'
const node = { type: 'char', mode: 0o600, uid: 0, gid: 0, size: 0, realPath: '/dev/kvm' }

test('/dev/kvm is the proof: the kernel makes it when it can run virtual machines, whatever the CPU says', () => {
  expect(kvm(found(node))).toMatchObject({ state: 'ready', fix: null })
})

test('without it the fix says what to switch on', () => {
  const { state, fix } = kvm(absent)
  expect(state).toBe('missing')
  expect(fix).toMatch(/modprobe kvm_intel \|\| modprobe kvm_amd/)
  expect(fix).toMatch(/VT-x or AMD-V in the firmware, or nested virtualisation/)
})

test('a device that may not be asked for is unknown', () => {
  expect(kvm({ fate: 'denied', detail: 'no' }).state).toBe('unknown')
})

function kvm(device: Answer<unknown>) {
  const { catalog } = readCatalog(readShipped())
  const checks = [...catalog.values()].filter(({ name }) => name === 'kvm')
  const answer = ({ ask }: Question) => (ask === 'stat' ? device : found({ text: cpuinfo }))
  const answers = collectAnswers(plan(checks, debian).shipped.map((one) => [one, answer(one)] as const))
  const [result] = judge(checks, {
    facts: debian,
    answers,
    unreachable: null,
    publishedBy: () => [],
    fixText,
  })
  if (result === undefined) throw new Error('there is no check kvm')
  return result
}
