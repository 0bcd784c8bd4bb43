import { expect, test } from 'vitest'
import { user } from '#agent/needs/user.ts'
import { judgeOn, unansweredFates } from './memory-host.ts'

const passwd = 'root:x:0:0:root:/root:/bin/bash\nceph:x:167:167::/:/sbin/nologin\n'
const plain = { '/etc/passwd': passwd, '/etc/nsswitch.conf': 'passwd:  files systemd # local\ngroup: sss\n' }
const directory = { ...plain, '/etc/nsswitch.conf': 'passwd: files [NOTFOUND=continue] sss\n' }
const many = {
  ...plain,
  '/etc/subuid': 'root:100000:65536\n',
  '/etc/subgid': '0:100000:32768\nroot:1:32768\n',
}
const compat = { '/etc/nsswitch.conf': 'passwd: compat\n' }
const subids = (source: string) => ({ '/etc/nsswitch.conf': `passwd: files\nsubid:\t${source}\n` })

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
  ['an empty passwd', 'ceph', { ...plain, '/etc/passwd': '\n' }, 'QuestionFailed'],
  [
    'a passwd that is cut before it',
    'nobody',
    { ...plain, '/etc/passwd': passwd.slice(0, -30) },
    'QuestionFailed',
  ],
  [
    'cut within its number',
    { name: 'ceph', uid: 16 },
    { ...plain, '/etc/passwd': 'root:x:0:0::/:/bin/sh\nceph:x:16' },
    'QuestionFailed',
  ],
  [
    'there, though what follows is cut',
    'root',
    { ...plain, '/etc/passwd': passwd.slice(0, -30) },
    'UserFound',
  ],
  ['of an image whose passwd is cut', 'core', { ...plain, '/usr/lib/passwd': 'bin:x:1' }, 'QuestionFailed'],
  ['of an image whose passwd is empty', 'core', { ...plain, '/usr/lib/passwd': '' }, 'UserNotFound'],
  [
    'compat, all of NIS',
    'ce',
    { ...plain, ...compat, '/etc/passwd': `${passwd}+::::::\n` },
    'QuestionFailed',
  ],
  [
    'compat, a group of NIS',
    'ce',
    { ...plain, ...compat, '/etc/passwd': `${passwd}+@staff\n` },
    'QuestionFailed',
  ],
  ['compat, nothing of NIS', 'ce', { ...plain, ...compat }, 'UserNotFound'],
  [
    'there beside those of NIS',
    'ceph',
    { ...plain, ...compat, '/etc/passwd': `${passwd}+::::::\n` },
    'UserFound',
  ],
  [
    'files alone: a plus means nothing',
    'ce',
    { ...plain, '/etc/passwd': `+::::::\n${passwd}` },
    'UserNotFound',
  ],
  [
    'a plus where nothing says how it is read',
    'ce',
    { '/etc/passwd': `${passwd}+::::::\n` },
    'QuestionFailed',
  ],
  [
    'ids that a directory server gives',
    { name: 'root', subids: 1 },
    { ...plain, ...subids('sss') },
    'QuestionFailed',
  ],
  ['and not the files', { name: 'root', subids: 1 }, { ...many, ...subids('sss') }, 'QuestionFailed'],
  [
    'ids of the files, as it is said',
    { name: 'root', subids: 1 },
    { ...many, ...subids('files') },
    'UserFound',
  ],
  ['ids enough, by name and by number', { name: 'root', subids: 65_536 }, many, 'UserFound'],
  ['ids too few', { name: 'root', subids: 65_537 }, many, 'UserTooFewIds'],
  ['no ids', { name: 'root', subids: 1 }, plain, 'UserTooFewIds'],
  [
    'a passwd of people, without its last end',
    'ce',
    { ...plain, '/etc/passwd': passwd.trimEnd() },
    'UserNotFound',
  ],
  [
    'of a shell that others have',
    'ce',
    { ...plain, '/etc/passwd': 'a:x:1:1::/:/opt/sh\nb:x:2:2::/:/opt/sh' },
    'UserNotFound',
  ],
  [
    'a passwd that is cut within its last shell',
    'ce',
    { ...plain, '/etc/passwd': passwd.slice(0, -5) },
    'QuestionFailed',
  ],
  [
    'there, though the last shell is cut',
    'ceph',
    { ...plain, '/etc/passwd': passwd.slice(0, -5) },
    'UserFound',
  ],
  [
    'a switch that is cut',
    'ce',
    { ...plain, '/etc/nsswitch.conf': 'group: files\npasswd: files ss' },
    'QuestionFailed',
  ],
  [
    'a switch that is cut before it',
    'ce',
    { ...plain, '/etc/nsswitch.conf': 'group: fil' },
    'QuestionFailed',
  ],
  ['an empty switch', 'ce', { ...plain, '/etc/nsswitch.conf': '' }, 'QuestionFailed'],
  [
    'a switch of people, without its last end',
    'ce',
    { ...plain, '/etc/nsswitch.conf': 'passwd: files\ngroup: files' },
    'UserNotFound',
  ],
  [
    'ids too few, and the last number may be cut',
    { name: 'root', subids: 65_536 },
    { ...many, '/etc/subuid': 'root:100000:655' },
    'QuestionFailed',
  ],
  [
    'ids too few, and the last line is cut',
    { name: 'root', subids: 65_536 },
    { ...many, '/etc/subgid': 'a:1:2\nb:10' },
    'QuestionFailed',
  ],
  [
    'ids enough before a line that is cut',
    { name: 'root', subids: 1 },
    { ...many, '/etc/subgid': 'root:1:2\nb:10' },
    'UserFound',
  ],
  [
    'ids too few, of people, without the last end',
    { name: 'root', subids: 1 },
    { ...many, '/etc/subuid': 'a:1:2' },
    'UserTooFewIds',
  ],
  [
    'ids too few, and the switch may be cut',
    { name: 'root', subids: 65_537 },
    { ...many, '/etc/nsswitch.conf': 'passwd: files' },
    'QuestionFailed',
  ],
])('%s', (_, written, files, reason) => {
  expect(judgeOn(user, { user: written }, { files }).reason).toBe(reason)
})

test.each(unansweredFates)('%s is unknown', (fate) => {
  expect(judgeOn(user, { user: 'ce' }, { files: { ...plain, '/etc/passwd': fate } }).state).toBe('unknown')
  expect(judgeOn(user, { user: 'ce' }, { files: { ...plain, '/etc/nsswitch.conf': fate } }).state).toBe(
    'unknown',
  )
  const written = { user: { name: 'root', subids: 1 } }
  for (const path of ['/etc/subuid', '/etc/subgid', '/etc/nsswitch.conf'])
    expect(judgeOn(user, written, { files: { ...many, [path]: fate } }).state).toBe('unknown')
})

test.each(['', 'a b', '-x', { name: 'a', uid: -1 }, { name: 'a', subids: 0 }])('refused: %j', (written) => {
  expect(user.schema.safeParse({ user: written }).success).toBe(false)
})
