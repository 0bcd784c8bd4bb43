import { expect, test } from 'vitest'
import { lsm } from '#agent/needs/lsm.ts'
import { judgeOn, unansweredFates } from './memory-host.ts'

const list = '/sys/kernel/security/lsm'
const apparmor = '/sys/module/apparmor/parameters/enabled'
const enforce = '/sys/fs/selinux/enforce'
const label = '/proc/1/attr/current'
const policy = 'system_u:system_r:init_t:s0\0'
const config = '/boot/config-6.1.0-50-amd64'
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
  [
    'named, and no policy loaded (SELINUX=disabled)',
    'selinux',
    { [list]: 'selinux', [label]: 'kernel\0' },
    'LsmNotActive',
  ],
  ['the same with a mode', both, { [list]: 'selinux', [label]: 'kernel\0' }, 'LsmNotActive'],
  [
    'named, its policy loaded, and selinuxfs not seen',
    'selinux',
    { [list]: 'selinux', [label]: policy },
    'LsmActive',
  ],
  ['named, and no word of a policy', 'selinux', { [list]: 'selinux' }, 'QuestionFailed'],
  ['no list, but a label: of whichever module', 'selinux', { [label]: policy }, 'QuestionFailed'],
  [
    'not built in',
    'apparmor',
    { [config]: '# CONFIG_SECURITY_APPARMOR is not set\nCONFIG_X=y\n' },
    'LsmNotActive',
  ],
  [
    'built in, and may be switched off',
    'apparmor',
    { [config]: 'CONFIG_SECURITY_APPARMOR=y\n' },
    'QuestionFailed',
  ],
  ['not built in, by an option of another name', 'bpf', { [config]: 'CONFIG_SECURITY=y\n' }, 'LsmNotActive'],
  ['of which no option is known', 'capability', { [config]: 'CONFIG_SECURITY=y\n' }, 'QuestionFailed'],
  ['active without selinuxfs', both, { [list]: 'selinux' }, 'QuestionFailed'],
])('%s', (_, written, files, reason) => {
  expect(judgeOn(lsm, { lsm: written }, { files }).reason).toBe(reason)
})

test.each(unansweredFates)('%s is unknown', (fate) => {
  expect(judgeOn(lsm, { lsm: 'bpf' }, { files: { [list]: fate } }).state).toBe('unknown')
  for (const written of [both, 'selinux'])
    expect(judgeOn(lsm, { lsm: written }, { files: { ...enforcing, [enforce]: fate } }).state).toBe('unknown')
  const unseen = { [list]: 'selinux', [label]: fate }
  expect(judgeOn(lsm, { lsm: 'selinux' }, { files: unseen }).state).toBe('unknown')
  expect(judgeOn(lsm, { lsm: 'apparmor' }, { files: { [config]: fate } }).state).toBe('unknown')
  expect(judgeOn(lsm, { lsm: 'apparmor' }, { files: { [apparmor]: fate } }).state).toBe('unknown')
})

test.each([
  'AppArmor',
  { name: 'apparmor', mode: 'enforcing' },
  { name: 'selinux', mode: 'disabled' },
  { name: 'selinux' },
])('refused: %j', (written) => {
  expect(lsm.schema.safeParse({ lsm: written }).success).toBe(false)
})
