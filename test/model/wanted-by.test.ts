import { expect, test } from 'vitest'
import { wantedBy } from '#agent/model/wanted-by.ts'
import { composedReport } from '../hosts/composed-report.ts'

test('who includes a check itself, also as one of several ways, and not what it includes in turn', async () => {
  const { checks } = await composedReport('k3s-on-debian')
  const wanted = wantedBy(checks)
  expect(wanted.get('open-iscsi')).toContain('longhorn')
  expect(wanted.get('longhorn') ?? []).not.toContain('open-iscsi')
  expect(wanted.get('no-such-check')).toBeUndefined()
  const [one] = checks
  if (one === undefined) throw new Error('the report has no check')
  const need = { ...(one.findings[0] ?? never()), evidence: [], fix: null }
  const included = (name: string, inner = [need]) => ({
    ...need,
    need: `check:${name}`,
    kind: 'check',
    findings: inner,
  })
  const either = { ...need, need: 'anyOf:check:a', kind: 'anyOf', findings: [included('a', [included('b')])] }
  expect([...wantedBy([{ ...one, name: 'outer', findings: [either, included('a'), need] }])]).toEqual([
    ['a', ['outer']],
  ])
})

function never(): never {
  throw new Error('the check has no finding')
}
