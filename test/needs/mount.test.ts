import { describe, expect, test } from 'vitest'
import { collectAnswers } from '../../agent/model/answers.ts'
import { mount } from '../../agent/needs/mount.ts'
import { debian, judgeOn, unansweredFates } from './memory-host.ts'

// Lines as on a Debian 12 node; device numbers and ids made up.
const table = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro
23 22 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:12 - proc proc rw
30 22 0:27 / /sys/fs/bpf rw,nosuid,nodev,noexec,relatime shared:9 - bpf bpf rw,mode=700
31 22 8:2 / /mnt/with\\040space rw,relatime - xfs /dev/sdb rw
32 22 8:3 / /var/lib/x rw,relatime master:3 - ext4 /dev/sdc ro,data=ordered
33 22 0:30 / /stack rw - tmpfs first rw
34 22 0:31 / /both rw shared:5 master:2 propagate_from:1 - tmpfs both rw
35 22 0:32 / /alone rw unbindable - tmpfs alone rw
36 22 0:33 / /over/inner rw - tmpfs inner rw
37 33 0:34 / /stack ro,noexec - overlay second rw
38 22 0:35 / /over rw - tmpfs over rw
39 38 0:36 / /over/new rw - tmpfs new rw
40 22 0:37 /sys/fs/bpf /root rw - tmpfs /sys/fs/cgroup rw
`

describe('what is mounted', () => {
  test.each([
    ['there', '/sys/fs/bpf', 'MountFound'],
    ['with a trailing slash', '/sys/fs/bpf/', 'MountFound'],
    ['the root', '/', 'MountFound'],
    ['a folder of a mount is not one', '/sys/fs/bpf/tc', 'MountNotFound'],
    ['the beginning of a mount is not one', '/sys/fs', 'MountNotFound'],
    ['the root or source of another mount is not one', '/sys/fs/cgroup', 'MountNotFound'],
    ['octal escapes', '/mnt/with space', 'MountFound'],
    ['hidden by a later mount above it', '/over/inner', 'MountNotFound'],
    ['mounted on that later mount', '/over/new', 'MountFound'],
    ['type', { path: '/sys/fs/bpf', fstype: 'bpf' }, 'MountFound'],
    ['one of several types', { path: '/var/lib/x', fstype: ['xfs', 'ext4'] }, 'MountFound'],
    ['another type', { path: '/var/lib/x', fstype: 'xfs' }, 'MountWrongType'],
    ['the last of two on a path wins', { path: '/stack', fstype: 'overlay' }, 'MountFound'],
    ['and not the first', { path: '/stack', fstype: 'tmpfs' }, 'MountWrongType'],
    ['shared', { path: '/', propagation: 'shared' }, 'MountFound'],
    ['slave', { path: '/var/lib/x', propagation: 'slave' }, 'MountFound'],
    ['slave is not shared', { path: '/var/lib/x', propagation: 'shared' }, 'MountWrongPropagation'],
    ['shared and slave: shared', { path: '/both', propagation: 'shared' }, 'MountFound'],
    ['shared and slave: slave', { path: '/both', propagation: 'slave' }, 'MountFound'],
    ['private', { path: '/over/new', propagation: 'private' }, 'MountFound'],
    ['unbindable is not private', { path: '/alone', propagation: 'private' }, 'MountWrongPropagation'],
    ['option of the mount', { path: '/sys/fs/bpf', options: ['nosuid'] }, 'MountFound'],
    ['option of the file system', { path: '/sys/fs/bpf', options: ['mode=700'] }, 'MountFound'],
    ['option it lacks', { path: '/', options: ['nosuid'] }, 'MountWrongOptions'],
    ['half an option', { path: '/', options: ['errors'] }, 'MountWrongOptions'],
    ['unwanted option', { path: '/stack', notOptions: ['noexec'] }, 'MountWrongOptions'],
    ['rw on a read-only file system', { path: '/var/lib/x', options: ['rw'] }, 'MountWrongOptions'],
    ['read-only though the mount says rw', { path: '/var/lib/x', options: ['ro'] }, 'MountFound'],
  ])('%s', (_, written, reason) => {
    const verdict = judgeOn(mount, { mount: written }, { files: { '/proc/1/mountinfo': table } })
    expect(verdict.reason).toBe(reason)
  })
})

describe('fates', () => {
  test.each(unansweredFates)('%s is unknown', (fate) => {
    expect(judgeOn(mount, { mount: '/x' }, { files: { '/proc/1/mountinfo': fate } }).state).toBe('unknown')
  })

  test.each([
    ['no mountinfo proves nothing', {}],
    ['nor does an empty one', { '/proc/1/mountinfo': '' }],
  ])('%s', (_, files) => {
    expect(judgeOn(mount, { mount: '/x' }, { files }).state).toBe('unknown')
  })

  test('the mounts of another process than the first are not guessed from those', () => {
    const spec = { ...mount.schema.parse({ mount: '/' }), in: { process: 'kubelet' } }
    const answers = collectAnswers(
      mount
        .questions(spec, debian)
        .map((question) => [question, { fate: 'found', value: { text: table } }] as const),
    )
    expect(mount.judge(spec, answers, debian)).toMatchObject({ state: 'unknown', reason: 'QuestionFailed' })
  })
})

test.each([
  ['a relative path', 'sys/fs/bpf'],
  ['a path that goes up', '/sys/../etc'],
  ['an unknown propagation', { path: '/', propagation: 'rshared' }],
  ['options in one text', { path: '/', options: ['rw,nosuid'] }],
  ['an unknown key', { path: '/', type: 'ext4' }],
])('refused: %s', (_, written) => {
  expect(mount.schema.safeParse({ mount: written }).success).toBe(false)
})
