import { describe, expect, test } from 'vitest'
import type { Reason } from '#agent/model/reason.ts'
import type { Finding, ReportCheck } from '#agent/model/report.ts'
import { outcomeOf } from './outcome.ts'

describe('what a check that is still not ready needs is what it says itself', () => {
  test.each([
    ['ModuleNotInKernel', null, 'needs another kernel'],
    ['PciDeviceNotFound', null, 'needs hardware'],
    [
      'BinaryNotFound',
      '# In contrib on Debian: name that in the sources of apt first.',
      'needs contrib or non-free',
    ],
    ['HugepagesTooFew', "# Add hugepages=1 to the kernel's command line and reboot.", 'not fixable here'],
    ['FileNotFound', '# Put in an adapter.', 'needs hardware'],
    ['BinaryNotFound', 'apt-get install -y tool', 'wrong'],
    ['UnitInactive', 'systemctl enable --now tool', 'wrong'],
  ] as const)('%s, %s: %s', (reason, fix, outcome) => {
    const check = checkWith([finding(reason, { fix })])
    expect(outcomeOf(check).outcome).toBe(outcome)
  })

  test('nothing where it is ready', () => {
    const after = { ...checkWith([]), state: 'ready' } as const
    expect(outcomeOf(after)).toEqual({ outcome: 'ready', why: '' })
  })

  test('each part that is left must say it', () => {
    const kernel = finding('ModuleNotInKernel')
    const tool = finding('BinaryNotFound')
    const both = checkWith([finding('BinaryNotFound', { kind: 'check', findings: [kernel, tool] })])
    expect(outcomeOf(both)).toEqual({ outcome: 'wrong', why: 'BinaryNotFound: said' })
    const soft = checkWith([kernel, { ...tool, recommended: true }])
    expect(outcomeOf(soft).outcome).toBe('needs another kernel')
  })

  test('of alternatives one is enough', () => {
    const findings = [finding('BinaryNotFound'), finding('ModuleNotInKernel')]
    const check = checkWith([finding('AnyOfMissing', { kind: 'anyOf', findings })])
    expect(outcomeOf(check).outcome).toBe('needs another kernel')
  })
})

function finding(reason: Reason, more: Partial<Finding> = {}): Finding {
  const common = {
    need: 'x',
    kind: 'x',
    message: 'said',
    evidence: [],
    why: '',
    fix: null,
    recommended: false,
  }
  return { ...common, state: 'missing', reason, ...more }
}

function checkWith(findings: readonly Finding[]): ReportCheck {
  const said = { state: 'missing', reason: 'AnyOfMissing', message: '', fix: null } as const
  const published = { state: 'missing', since: '', was: null } as unknown as ReportCheck['published']
  return { name: 'x', title: '', why: '', ...said, findings, published } as ReportCheck
}
