import { describe, expect, test } from 'vitest'
import { cgroup } from '#agent/needs/cgroup.ts'
import { judgeOn, unansweredFates } from './memory-host.ts'

const mounted = (fstype: string) => `24 1 0:21 / /sys/fs/cgroup rw,nosuid shared:5 - ${fstype} none rw\n`
const v2 = {
  '/proc/1/mountinfo': mounted('cgroup2'),
  '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory pids\n',
}
// Of a real host with both: what is mounted as version 1, and a hierarchy of version 2 beside it that has what is left.
const v1Mounts = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
38 31 0:35 / /sys/fs/cgroup/blkio rw,relatime - cgroup cgroup rw,blkio
39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
`
const hybridMount = '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n'
const unified = '/sys/fs/cgroup/unified/cgroup.controllers'
const table = (rows: readonly string[]) =>
  ['#subsys_name\thierarchy\tnum_cgroups\tenabled', ...rows.map((row) => row.replaceAll(' ', '\t')), ''].join(
    '\n',
  )
const v1 = {
  '/proc/1/mountinfo': v1Mounts,
  '/proc/cgroups': table([
    'cpuset 3 72 1',
    'cpu 2 9 1',
    'memory 0 4 0',
    'pids 8 1 1',
    'blkio 7 72 1',
    'net_cls 0 4 1',
    'hugetlb 0 4 1',
  ]),
}
const hybrid = { ...v1, '/proc/1/mountinfo': v1Mounts + hybridMount, [unified]: 'hugetlb\n' }

test.each<[string, unknown, Record<string, string>, string]>([
  ['version 2', 2, v2, 'CgroupOk'],
  ['version 1 where 2 is wanted', 2, v1, 'CgroupWrongVersion'],
  ['version 2 where 1 is wanted', { version: 1 }, v2, 'CgroupWrongVersion'],
  ['controllers of version 2', { controllers: ['cpu', 'memory'] }, v2, 'CgroupOk'],
  [
    'what version 2 always has',
    { controllers: ['devices', 'freezer', 'cpuacct', 'perf_event'] },
    v2,
    'CgroupOk',
  ],
  ['blkio, which version 2 calls io', { controllers: ['blkio'] }, v2, 'CgroupOk'],
  ['io, which version 1 calls blkio', { controllers: ['io'] }, v1, 'CgroupOk'],
  [
    'one that is mounted in the hierarchy of version 2 beside',
    { controllers: ['hugetlb'] },
    hybrid,
    'CgroupOk',
  ],
  [
    'one that the kernel has and nobody mounted',
    { controllers: ['hugetlb'] },
    v1,
    'CgroupControllerNotMounted',
  ],
  [
    'the same, with a hierarchy of version 2 beside',
    { controllers: ['net_cls'] },
    hybrid,
    'CgroupControllerNotMounted',
  ],
  [
    'one that a hierarchy of version 2 elsewhere may have',
    { controllers: ['hugetlb'] },
    {
      ...v1,
      '/proc/1/mountinfo': v1Mounts + hybridMount.replace('/sys/fs/cgroup/unified', '/run/calico/cgroup'),
    },
    'QuestionFailed',
  ],
  [
    'one that version 2 lacks',
    { version: 2, controllers: ['cpu', 'hugetlb'] },
    v2,
    'CgroupControllerNotFound',
  ],
  ['controllers of version 1', { controllers: ['cpuset', 'pids'] }, v1, 'CgroupOk'],
  [
    'one that is switched off by the command line',
    { controllers: ['memory'] },
    v1,
    'CgroupControllerNotFound',
  ],
  [
    'cpu is not cpuset',
    { controllers: ['cpu'] },
    { ...v1, '/proc/cgroups': table(['cpuset 3 72 1']) },
    'CgroupControllerNotFound',
  ],
  ['the name of a hierarchy is no controller', { controllers: ['systemd'] }, v1, 'CgroupControllerNotFound'],
  ['nothing mounted', 2, { '/proc/1/mountinfo': '24 1 0:21 / / rw - ext4 none rw\n' }, 'CgroupNotMounted'],
])('%s', (_, written, files, reason) => {
  expect(judgeOn(cgroup, { cgroup: written }, { files }).reason).toBe(reason)
})

describe('unknown is never missing', () => {
  test.each(unansweredFates)('%s', (fate) => {
    for (const path of ['/proc/1/mountinfo', '/sys/fs/cgroup/cgroup.controllers'])
      expect(
        judgeOn(cgroup, { cgroup: { controllers: ['cpu'] } }, { files: { ...v2, [path]: fate } }).state,
      ).toBe('unknown')
  })

  test.each(unansweredFates)('of version 1: %s', (fate) => {
    for (const path of ['/proc/cgroups', unified])
      expect(
        judgeOn(cgroup, { cgroup: { controllers: ['net_cls'] } }, { files: { ...hybrid, [path]: fate } })
          .state,
      ).toBe('unknown')
  })

  test('of version 1 without its table', () => {
    const files = { '/proc/1/mountinfo': v1Mounts }
    expect(judgeOn(cgroup, { cgroup: { controllers: ['cpu'] } }, { files }).state).toBe('unknown')
  })

  test('an empty table of mounts', () => {
    const files = { ...v2, '/proc/1/mountinfo': '\n' }
    expect(judgeOn(cgroup, { cgroup: 2 }, { files }).reason).toBe('QuestionFailed')
  })

  test('without /proc, or without the list', () => {
    expect(judgeOn(cgroup, { cgroup: 2 }, { files: {} }).state).toBe('unknown')
    const files = { '/proc/1/mountinfo': mounted('cgroup2') }
    expect(judgeOn(cgroup, { cgroup: { controllers: ['cpu'] } }, { files }).state).toBe('unknown')
  })
})

test('how it is mended goes by what is wrong', () => {
  const fix = (reason: 'CgroupNotMounted' | 'CgroupControllerNotFound') =>
    cgroup.genericFix?.(cgroup.schema.parse({ cgroup: { controllers: ['memory'] } }), reason)?.['alpine']
      ?.note
  expect(fix('CgroupNotMounted')).toContain('rc-update add cgroups')
  expect(fix('CgroupControllerNotFound')).toBeUndefined()
})

test.each([3, '2', {}, { controllers: [] }, { controllers: ['CPU'] }])('refused: %j', (written) => {
  expect(cgroup.schema.safeParse({ cgroup: written }).success).toBe(false)
})
