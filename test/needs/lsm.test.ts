import { expect, test } from 'vitest'
import { lsm } from '../../agent/needs/lsm.ts'
import { judgeOn, unansweredFates } from './memory-host.ts'

const list = '/sys/kernel/security/lsm'
const apparmor = '/sys/module/apparmor/parameters/enabled'
const enforce = '/sys/fs/selinux/enforce'
const enforcing = { [list]: 'lockdown,capability,selinux', [enforce]: '1' }
const both = { name: 'selinux', mode: ['enforcing', 'permissive'] }

test.each<[string, unknown, Record<string, string>, string]>([
  ['in the list', 'apparmor', { [list]: 'lockdown,capability,apparmor\n' }, 'LsmActive'],
  ['not in the list', 'apparmor', { [list]: 'capability,selinux' }, 'LsmNotActive'],
  ['a name within another', 'lock', { [list]: 'lockdown,capability' }, 'LsmNotActive'],
  ['no securityfs, AppArmor on', 'apparmor', { [apparmor]: 'Y\n' }, 'LsmActive'],
  ['no securityfs, AppArmor off', 'apparmor', { [apparmor]: 'N\n' }, 'LsmNotActive'],
  ['no securityfs, SELinux', 'selinux', { [enforce]: '0' }, 'LsmActive'],
  ['no securityfs, another', 'bpf', {}, 'QuestionFailed'],
  ['no sign of it, but no list either', 'apparmor', {}, 'QuestionFailed'],
  ['enforcing', { name: 'selinux', mode: 'enforcing' }, enforcing, 'SelinuxMode'],
  ['enforcing, and must not be', { name: 'selinux', mode: 'permissive' }, enforcing, 'SelinuxWrongMode'],
  ['either', both, { ...enforcing, [enforce]: '0' }, 'SelinuxMode'],
  ['a mode of what is not active', both, { [list]: 'apparmor' }, 'LsmNotActive'],
  ['active without selinuxfs', both, { [list]: 'selinux' }, 'QuestionFailed'],
])('%s', (_, written, files, reason) => {
  expect(judgeOn(lsm, { lsm: written }, { files }).reason).toBe(reason)
})

test.each(unansweredFates)('%s is unknown', (fate) => {
  expect(judgeOn(lsm, { lsm: 'bpf' }, { files: { [list]: fate } }).state).toBe('unknown')
  expect(judgeOn(lsm, { lsm: both }, { files: { ...enforcing, [enforce]: fate } }).state).toBe('unknown')
})

test.each([
  'AppArmor',
  { name: 'apparmor', mode: 'enforcing' },
  { name: 'selinux', mode: 'disabled' },
  { name: 'selinux' },
])('refused: %j', (written) => {
  expect(lsm.schema.safeParse({ lsm: written }).success).toBe(false)
})
