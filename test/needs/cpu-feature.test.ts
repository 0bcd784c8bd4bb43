import { describe, expect, test } from 'vitest'
import { cpuFeature, findFeatures } from '#agent/needs/cpu-feature.ts'
import { judgeOn, unansweredFates } from './memory-host.ts'

// The form of a real one, most lines and flags left out.
const amd64 = `processor\t: 0
model name\t: Intel(R) Xeon(R)
flags\t\t: fpu lm vmx sse4_1 sse4_2
vmx flags\t: vnmi preemption_timer svm
bugs\t\t: spectre_v1 avx512f

processor\t: 1
model name\t: Intel(R) Xeon(R)
flags\t\t: fpu lm vmx sse4_1 sse4_2
vmx flags\t: vnmi preemption_timer svm
bugs\t\t: spectre_v1 avx512f
`
const arm64 = 'processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd aes\nCPU implementer\t: 0x41\n'
const both = { amd64: ['sse4_2'], arm64: ['asimd'] }

describe('features', () => {
  test.each([
    ['one', 'amd64', 'sse4_2', 'CpuFeatureFound'],
    ['all of two', 'amd64', ['lm', 'sse4_1'], 'CpuFeatureFound'],
    ['one of two', 'amd64', ['lm', 'avx2'], 'CpuFeatureNotFound'],
    ['any of two', 'amd64', { anyOf: ['vmx', 'svm'] }, 'CpuFeatureFound'],
    ['none of two', 'arm64', { anyOf: ['vmx', 'svm'] }, 'CpuFeatureNoneOf'],
    ['half a name', 'amd64', 'sse4', 'CpuFeatureNotFound'],
    ['a flag of the virtual machine, not of the CPU', 'amd64', 'svm', 'CpuFeatureNotFound'],
    ['a bug is no feature', 'amd64', 'avx512f', 'CpuFeatureNotFound'],
    ['by architecture, amd64', 'amd64', both, 'CpuFeatureFound'],
    ['by architecture, arm64', 'arm64', both, 'CpuFeatureFound'],
    ['by architecture, of neither', 'riscv64', both, 'ArchitectureWrong'],
    ['for one architecture, on the other', 'arm64', { amd64: 'lm' }, 'ArchitectureWrong'],
  ])('%s', (_, arch, wanted, reason) => {
    const files = { '/proc/cpuinfo': arch === 'amd64' ? amd64 : arm64 }
    const verdict = judgeOn(cpuFeature, { cpuFeature: wanted }, { files, facts: { arch } })
    expect(verdict.reason).toBe(reason)
  })

  test('what is said, and what can be done', () => {
    const host = { files: { '/proc/cpuinfo': arm64 } }
    const verdict = judgeOn(cpuFeature, { cpuFeature: { anyOf: ['vmx', 'svm'] } }, host)
    expect(verdict.message).toBe('the CPU has none of vmx, svm')
    expect(verdict.fix?.note).toContain('nested virtualization')
    expect(judgeOn(cpuFeature, { cpuFeature: 'avx2' }, host).fix).toBeNull()
  })

  test('only what every CPU has counts', () => {
    expect(findFeatures('Features\t: fp asimd sve\n\nFeatures\t: fp asimd\n')).toEqual(
      new Set(['fp', 'asimd']),
    )
  })
})

describe('fates', () => {
  test.each(['absent', ...unansweredFates])('%s is unknown', (fate) => {
    const files: Record<string, string> = fate === 'absent' ? {} : { '/proc/cpuinfo': fate }
    expect(judgeOn(cpuFeature, { cpuFeature: 'lm' }, { files }).state).toBe('unknown')
  })

  test.each([
    ['empty', ''],
    ['without flags, as on ppc64le', 'processor\t: 0\ncpu\t\t: POWER9\n'],
    ['with none', 'flags\t\t:\n'],
  ])('%s is unknown', (_, text) => {
    expect(judgeOn(cpuFeature, { cpuFeature: 'lm' }, { files: { '/proc/cpuinfo': text } }).state).toBe(
      'unknown',
    )
  })
})

test.each([
  ['two in one text', 'vmx|svm'],
  ['an unknown architecture', { riscv64: ['v'] }],
  ['no architecture', {}],
  ['none', []],
])('refused: %s', (_, written) => {
  expect(cpuFeature.schema.safeParse({ cpuFeature: written }).success).toBe(false)
})
