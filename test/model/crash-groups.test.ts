import { expect, test } from 'vitest'
import { crashHeadline, groupCrashes } from '#agent/model/crash-groups.ts'
import { crash, makeReport } from '../http/report-fixture.ts'

const install = 'apt-get update && apt-get install -y open-iscsi\nsystemctl enable --now iscsid'
const fixed = '2026-11-24T14:02:10.000Z'

const group = (crashes: readonly ReturnType<typeof crash>[], isNamed = true) =>
  groupCrashes({ ...makeReport(), crashes }, { isNamed })

test('containers that crash for one need are one group, with its finding and its fix', () => {
  const [one, ...others] = group([crash(), crash({ pod: 'longhorn-manager-9xk2c', checks: ['open-iscsi'] })])
  expect(others).toEqual([])
  expect(one).toMatchObject({ need: 'binary:iscsiadm', containers: 2, fix: install, fixed: null })
  expect(one?.pods?.map(({ pod }) => pod)).toEqual(['longhorn-manager-5mc6p', 'longhorn-manager-9xk2c'])
  expect(one && crashHeadline(one)).toBe(
    "2 containers crash here because iscsiadm is not on the host's PATH (open-iscsi, longhorn)",
  )
})

test('without a right to see pods nothing names them', () => {
  const text = JSON.stringify(group([crash()], false))
  expect(text).toContain('"containers":1')
  expect(text).not.toMatch(/longhorn-manager|longhorn-system/)
})

test('what is fixed says since when, has no fix, and comes last', () => {
  const groups = group([crash({ fixed }), crash({ need: 'binary:mount.nfs', checks: ['nfs-client'] })])
  expect(groups.map(({ need }) => need)).toEqual(['binary:mount.nfs', 'binary:iscsiadm'])
  const last = groups.at(-1)
  expect(last).toMatchObject({ fix: null, fixed })
  expect(last && crashHeadline(last)).toBe(
    '1 container crashed here for want of open-iscsi, longhorn: fixed at 14:02 UTC, the kubelet starts it again within 5 min',
  )
})

test('a need that is fixed for one container only is not fixed', () => {
  expect(group([crash({ fixed }), crash({ pod: 'other' })])).toMatchObject([{ fixed: null, containers: 2 }])
})
