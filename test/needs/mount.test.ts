import { describe, expect, test } from 'vitest'
import { collectAnswers } from '#agent/model/answers.ts'
import { mount } from '#agent/needs/places/mount.ts'
import type { Question } from '#agent/model/question.ts'
import { absent, found, judgeBy, provesNothing } from './answer-each.ts'
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

test('options are of whoever mounts, and shown harmless wherever they stand', () => {
  const options = 'rw,lowerdir=/l\u001b[31mX\u202e'
  const files = { '/proc/1/mountinfo': `${table}41 22 0:38 / /odd rw - overlay o ${options}\n` }
  const unmet = [
    {},
    { fstype: 'ext4' },
    { propagation: 'shared' },
    { options: ['ro'] },
    { notOptions: ['rw'] },
  ]
  for (const wishes of unmet) {
    const { evidence } = judgeOn(mount, { mount: { path: '/odd', ...wishes } }, { files })
    expect(evidence).toEqual(['overlay, rw,lowerdir=/l [31mX , private'])
  }
})

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

describe('the mount that holds a path', () => {
  const held = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 8:2 / /var rw,nosuid,noexec shared:2 - xfs /dev/sda2 rw
24 23 8:3 / /var/lib/kubelet rw,noexec - zfs tank/kubelet rw
25 22 8:4 / /data rw shared:4 - btrfs /dev/sdb rw
26 22 8:5 / /data/over/inner rw shared:5 - ext4 /dev/sdc rw
27 25 8:6 / /data/over rw shared:6 - tmpfs over rw
28 22 8:7 / /data/with\\040space rw shared:7 - ext3 /dev/sdd rw
`
  /** Each path that is there, with where it really is. */
  const places: Readonly<Record<string, string>> = {
    '/var': '/var',
    '/var/lib': '/var/lib',
    '/var/lib/kubelet': '/var/lib/kubelet',
    '/var/lib/linked': '/data/linked',
    '/data': '/data',
    '/data/over': '/data/over',
    '/data/over/inner': '/data/over/inner',
    '/data/with space': '/data/with space',
    '/srv': '/srv',
  }
  const judgeHeld = (written: unknown, stat = places) =>
    judgeBy(mount, { mount: written }, { answer: (question) => answerHeld(question, stat) })
  const answerHeld = (question: Question, stat: typeof places) => {
    if (question.ask === 'read') return found({ text: held })
    const realPath = 'path' in question ? stat[question.path] : undefined
    return realPath === undefined ? absent : found({ realPath })
  }

  test.each([
    ['the path is one', { of: '/var/lib/kubelet', fstype: 'zfs' }, 'MountFound'],
    ['the nearest counts, not the best: type', { of: '/var/lib/kubelet', fstype: 'xfs' }, 'MountWrongType'],
    ['propagation', { of: '/var/lib/kubelet', propagation: 'shared' }, 'MountWrongPropagation'],
    ['options', { of: '/var/lib/kubelet', notOptions: ['noexec'] }, 'MountWrongOptions'],
    ['one further up', { of: '/var/lib', fstype: 'xfs' }, 'MountFound'],
    ['only the root', { of: '/srv', fstype: 'ext4' }, 'MountFound'],
    ['the root itself', { of: '/', fstype: 'ext4' }, 'MountFound'],
    ['a symbolic link on the way', { of: '/var/lib/linked', fstype: 'btrfs' }, 'MountFound'],
    ['below what is not there yet', { of: '/var/lib/longhorn/new', fstype: 'xfs' }, 'MountFound'],
    ['below a link, not there yet', { of: '/var/lib/linked/new', fstype: 'btrfs' }, 'MountFound'],
    ['nothing of it is there', { of: '/opt/new', fstype: 'ext4' }, 'MountFound'],
    ['the beginning of a name is no folder above it', { of: '/variable', fstype: 'ext4' }, 'MountFound'],
    ['hidden by a later mount above it', { of: '/data/over/inner', fstype: 'tmpfs' }, 'MountFound'],
    ['octal escapes', { of: '/data/with space', fstype: 'ext3' }, 'MountFound'],
  ])('%s', (_, written, reason) => {
    expect(judgeHeld(written).reason).toBe(reason)
  })

  test('the mount and the path are both told', () => {
    expect(judgeHeld({ of: '/var/lib', notOptions: ['noexec'] })).toMatchObject({
      message: '/var, which holds /var/lib, is mounted noexec',
      evidence: ['xfs, rw,nosuid,noexec, shared at /var'],
    })
    expect(judgeHeld({ of: '/srv', fstype: 'ext4' }).message).toBe('/srv is on / (ext4)')
  })

  test.each(provesNothing)('%j of the path itself is unknown', (answer, reason) => {
    const told = judgeBy(
      mount,
      { mount: { of: '/var/lib/kubelet', fstype: 'xfs' } },
      { answer: (question) => (question.ask === 'read' ? found({ text: held }) : answer) },
    )
    expect(told).toMatchObject({ state: 'unknown', reason })
  })

  test.each(provesNothing)(
    '%j of a folder above, where the path is not there, is unknown',
    (answer, reason) => {
      const told = judgeBy(
        mount,
        { mount: { of: '/var/lib/kubelet', fstype: 'xfs' } },
        {
          answer: (question) => {
            if (question.ask === 'read') return found({ text: held })
            return 'path' in question && question.path === '/var/lib' ? answer : absent
          },
        },
      )
      expect(told).toMatchObject({ state: 'unknown', reason })
    },
  )

  test('a link that leads nowhere tells no place', () => {
    const detail = 'the symbolic link /var/lib/longhorn -> /mnt/disk leads to /mnt/disk, which does not exist'
    const told = judgeBy(
      mount,
      { mount: { of: '/var/lib/longhorn', fstype: 'xfs' } },
      {
        answer: (question) => (question.ask === 'read' ? found({ text: held }) : { fate: 'absent', detail }),
      },
    )
    expect(told).toMatchObject({ state: 'unknown', reason: 'QuestionFailed' })
    expect(told.message).toContain('/mnt/disk')
  })

  test('a table without a root proves nothing', () => {
    const told = judgeBy(
      mount,
      { mount: { of: '/srv', fstype: 'xfs' } },
      { answer: (question) => (question.ask === 'read' ? found({ text: '1 2 3' }) : absent) },
    )
    expect(told.state).toBe('unknown')
  })
})

test.each([
  ['the mount of a path, and nothing of it', { of: '/var' }],
  ['a path and the mount of one', { of: '/var', path: '/var', fstype: 'xfs' }],
  ['a relative path', 'sys/fs/bpf'],
  ['a path that goes up', '/sys/../etc'],
  ['an unknown propagation', { path: '/', propagation: 'rshared' }],
  ['options in one text', { path: '/', options: ['rw,nosuid'] }],
  ['an unknown key', { path: '/', type: 'ext4' }],
])('refused: %s', (_, written) => {
  expect(mount.schema.safeParse({ mount: written }).success).toBe(false)
})
