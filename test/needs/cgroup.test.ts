import { describe, expect, test } from 'vitest'
import { cgroup } from '../../agent/needs/cgroup.ts'
import { judgeOn, unansweredFates } from './memory-host.ts'

const mounted = (fstype: string) => `24 1 0:21 / /sys/fs/cgroup rw,nosuid shared:5 - ${fstype} none rw\n`
const v2 = {
  '/proc/1/mountinfo': mounted('cgroup2'),
  '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory pids\n',
}
const v1 = {
  '/proc/1/mountinfo': mounted('tmpfs'),
  '/proc/cgroups':
    '#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t3\t137\t1\nmemory\t0\t181\t0\npids\t8\t1\t1\n',
}

test.each<[string, unknown, Record<string, string>, string]>([
  ['version 2', 2, v2, 'CgroupOk'],
  ['version 1 where 2 is wanted', 2, v1, 'CgroupWrongVersion'],
  ['version 2 where 1 is wanted', { version: 1 }, v2, 'CgroupWrongVersion'],
  ['controllers of version 2', { controllers: ['cpu', 'memory'] }, v2, 'CgroupOk'],
  ['what version 2 always has', { controllers: ['devices', 'freezer', 'cpuacct'] }, v2, 'CgroupOk'],
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
  ['cpu is not cpuset', { controllers: ['cpu'] }, v1, 'CgroupControllerNotFound'],
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

  test('without /proc, or without the list', () => {
    expect(judgeOn(cgroup, { cgroup: 2 }, { files: {} }).state).toBe('unknown')
    const files = { '/proc/1/mountinfo': mounted('cgroup2') }
    expect(judgeOn(cgroup, { cgroup: { controllers: ['cpu'] } }, { files }).state).toBe('unknown')
  })
})

test.each([3, '2', {}, { controllers: [] }, { controllers: ['CPU'] }])('refused: %j', (written) => {
  expect(cgroup.schema.safeParse({ cgroup: written }).success).toBe(false)
})
