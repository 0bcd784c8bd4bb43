import { expect, test } from 'vitest'
import { user } from '../../agent/needs/user.ts'
import { judgeOn, unansweredFates } from './memory-host.ts'

const passwd = 'root:x:0:0:root:/root:/bin/bash\nceph:x:167:167::/:/sbin/nologin\n'
const plain = { '/etc/passwd': passwd, '/etc/nsswitch.conf': 'passwd:  files systemd # local\ngroup: sss\n' }
const directory = { ...plain, '/etc/nsswitch.conf': 'passwd: files [NOTFOUND=continue] sss\n' }
const many = {
  ...plain,
  '/etc/subuid': 'root:100000:65536\n',
  '/etc/subgid': '0:100000:32768\nroot:1:32768\n',
}

test.each<[string, unknown, Record<string, string>, string]>([
  ['there', 'ceph', plain, 'UserFound'],
  ['there, of the right id', { name: 'ceph', uid: 167 }, plain, 'UserFound'],
  ['of another id', { name: 'ceph', uid: 64_045 }, plain, 'UserWrongId'],
  ['not there', 'ce', plain, 'UserNotFound'],
  ['not there, without nsswitch.conf', 'ce', { '/etc/passwd': passwd }, 'UserNotFound'],
  ['not there, but a directory server may know', 'ce', directory, 'QuestionFailed'],
  ['there beside a directory server', 'ceph', directory, 'UserFound'],
  ['of the image', 'core', { ...plain, '/usr/lib/passwd': 'core:x:500:500::/:/bin/sh\n' }, 'UserFound'],
  ['no passwd at all', 'ceph', {}, 'QuestionFailed'],
  ['ids enough, by name and by number', { name: 'root', subids: 65_536 }, many, 'UserFound'],
  ['ids too few', { name: 'root', subids: 65_537 }, many, 'UserTooFewIds'],
  ['no ids', { name: 'root', subids: 1 }, plain, 'UserTooFewIds'],
])('%s', (_, written, files, reason) => {
  expect(judgeOn(user, { user: written }, { files }).reason).toBe(reason)
})

test.each(unansweredFates)('%s is unknown', (fate) => {
  expect(judgeOn(user, { user: 'ce' }, { files: { ...plain, '/etc/passwd': fate } }).state).toBe('unknown')
  expect(judgeOn(user, { user: 'ce' }, { files: { ...plain, '/etc/nsswitch.conf': fate } }).state).toBe(
    'unknown',
  )
  const written = { user: { name: 'root', subids: 1 } }
  expect(judgeOn(user, written, { files: { ...many, '/etc/subgid': fate } }).state).toBe('unknown')
})

test.each(['', 'a b', '-x', { name: 'a', uid: -1 }, { name: 'a', subids: 0 }])('refused: %j', (written) => {
  expect(user.schema.safeParse({ user: written }).success).toBe(false)
})
