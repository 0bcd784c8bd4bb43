import { describe, expect, test } from 'vitest'
import type { Facts, PackageManager } from '../../agent/model/facts.ts'
import type { Answer } from '../../agent/model/question.ts'
import { packageNeed } from '../../agent/needs/package.ts'
import { absent, found, judgeBy, provesNothing } from './answer-each.ts'

/** As dpkg writes it; the fields that do not count are cut. */
const status = `Package: open-iscsi
Status: install ok installed
Priority: optional
Maintainer: Package: removed-tool is not here
Architecture: amd64
Version: 2.1.8-1
Description: iSCSI initiator
 Package: hidden-in-a-description
 Status: install ok installed

Package: held
Status: hold ok installed
Architecture: amd64
Version: 1:1.0-1

Package: removed-tool
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0

Package: purged
Status: purge ok not-installed
Architecture: amd64

Package: half
Status: install ok half-configured
Architecture: amd64
Version: 1.0

Package: unpacked
Status: install ok unpacked
Architecture: amd64
Version: 1.0

Package: cut-short
Status: install reinstreq half-installed
Architecture: amd64
Version: 1.0

Package: triggered
Status: install ok triggers-pending
Architecture: amd64
Version: 1.0

Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9+deb12u4
Multi-Arch: same

Package: libc6
Status: deinstall ok config-files
Architecture: i386
Version: 2.36-9+deb12u4

Package: mawk
Status: install ok installed
Architecture: amd64
Version: 1.3.4
Provides: awk, editor:any (= 7.5)
`

describe('dpkg', () => {
  const judge = (written: unknown, text = status) =>
    judgeBy(packageNeed, written, { answer: () => found({ text }) })

  test.each<[string, unknown, string, string]>([
    ['installed', 'open-iscsi', 'ready', 'PackageInstalled'],
    ['on hold', 'held', 'ready', 'PackageInstalled'],
    ['removed, its conffiles left', 'removed-tool', 'missing', 'PackageRemoved'],
    ['purged', 'purged', 'missing', 'PackageNotInstalled'],
    ['half-configured', 'half', 'missing', 'PackageBroken'],
    ['unpacked', 'unpacked', 'missing', 'PackageBroken'],
    ['half-installed', 'cut-short', 'missing', 'PackageBroken'],
    ['with triggers pending', 'triggered', 'ready', 'PackageInstalled'],
    ['of one architecture of two', 'libc6', 'ready', 'PackageInstalled'],
    ['provided by another', 'awk', 'ready', 'PackageInstalled'],
    ['never heard of', 'none', 'missing', 'PackageNotInstalled'],
    ['a part of a name', 'iscsi', 'missing', 'PackageNotInstalled'],
    ['named in a description', 'hidden-in-a-description', 'missing', 'PackageNotInstalled'],
    ['any of several', ['none', 'open-iscsi'], 'ready', 'PackageInstalled'],
    ['none of several', ['none', 'removed-tool'], 'missing', 'PackageRemoved'],
  ])('%s', (_, name, state, reason) => {
    expect(judge({ package: name })).toMatchObject({ state, reason })
  })

  test.each([
    ['open-iscsi', '>=2.1', 'ready'],
    ['open-iscsi', '>=2.1.8-2', 'missing'],
    ['held', '>=1.0', 'ready'],
    ['held', '<1', 'missing'],
    ['editor', '>=7.5', 'ready'],
    ['editor', '>=7.6', 'missing'],
  ])('%s %s', (name, version, state) => {
    expect(judge({ package: name, version }).state).toBe(state)
  })

  test('who provides it is said', () => {
    expect(judge({ package: 'awk' }).evidence).toEqual(['awk, provided by mawk 1.3.4'])
  })

  test('one that is half installed is mended by dpkg, not by installing it again', () => {
    expect(judge({ package: 'half' }).fix?.run?.[0]).toBe('dpkg --configure -a')
  })

  test.each([
    ['empty', ''],
    ['cut off within a line', status.slice(0, 60)],
    ['no package database', 'hello\nworld\n'],
    ['binary', '\u0000\u0001\n'],
  ])('a status file that is %s proves nothing', (_, text) => {
    expect(judge({ package: 'none' }, text)).toMatchObject({ state: 'unknown', reason: 'QuestionFailed' })
  })
})

describe('apk', () => {
  const text =
    'C:Q1=\nP:open-iscsi\nV:2.1.10-r0\nA:x86_64\n\nP:busybox\nV:1.36.1-r29\np:/bin/sh cmd:ls=1 awk=2.0\n\n'
  const judge = (written: unknown) =>
    judgeBy(packageNeed, written, { answer: () => found({ text }), facts: on('apk') })

  test.each([
    [{ package: 'open-iscsi' }, 'ready'],
    [{ package: 'open-iscsi', version: '>=2.1.10' }, 'ready'],
    [{ package: 'open-iscsi', version: '>=2.2' }, 'missing'],
    [{ package: 'awk' }, 'ready'],
    [{ package: 'iscsi' }, 'missing'],
  ])('%j', (written, state) => {
    expect(judge(written).state).toBe(state)
  })
})

describe('rpm', () => {
  const list =
    'bash\t5.1.8-9.el9\niscsi-initiator-utils\t6.2.1.4-3.git2a8f9d8.el9\nopenssl\t1:3.0.7-27.el9\nkernel\t5.14.0-1.el9\nkernel\t5.14.0-2.el9\n'
  const judge = (written: unknown, run: object) =>
    judgeBy(packageNeed, written, {
      answer: () => found({ exitCode: 0, signal: null, stdout: list, stderr: '', truncated: false, ...run }),
      facts: on('rpm'),
    })

  test.each([
    [{ package: 'iscsi-initiator-utils' }, 'ready'],
    [{ package: 'iscsi-initiator-utils', version: '>=6.2' }, 'ready'],
    [{ package: 'openssl', version: '>=3.1' }, 'missing'],
    [{ package: 'iscsi' }, 'missing'],
  ])('%j', (written, state) => {
    expect(judge(written, {}).state).toBe(state)
  })

  test.each([
    ['that fails', { exitCode: 1, stdout: '', stderr: 'error: rpmdb open failed' }],
    ['without a package', { stdout: '' }],
    ['that is cut', { truncated: true }],
    ['ended by a signal', { exitCode: null, signal: 'SIGKILL' }],
  ])('a list %s proves nothing', (_, run) => {
    expect(judge({ package: 'none' }, run)).toMatchObject({ state: 'unknown', reason: 'QuestionFailed' })
  })
})

describe('pacman', () => {
  const judge = (written: unknown, names: string[]) =>
    judgeBy(packageNeed, written, { answer: () => found({ names }), facts: on('pacman') })
  const names = ['ALPM_DB_VERSION', 'open-iscsi-2.1.10-1', 'lib32-glibc-2.39-1', 'gcc-libs-1:14.1-2']

  test.each([
    [{ package: 'open-iscsi', version: '>=2.1' }, 'ready'],
    [{ package: 'gcc-libs', version: '>=13' }, 'ready'],
    [{ package: 'glibc' }, 'missing'],
  ])('%j', (written, state) => {
    expect(judge(written, names).state).toBe(state)
  })

  test('a database without a package proves nothing', () => {
    expect(judge({ package: 'glibc' }, ['ALPM_DB_VERSION']).state).toBe('unknown')
  })
})

describe.each<PackageManager>(['dpkg', 'rpm', 'apk', 'pacman'])('%s that cannot be asked', (manager) => {
  const judge = (answer: Answer<never>) =>
    judgeBy(packageNeed, { package: 'a' }, { answer: () => answer, facts: on(manager) })

  test.each(provesNothing)('%j is unknown', (answer, reason) => {
    expect(judge(answer)).toMatchObject({ state: 'unknown', reason })
  })

  test('a database that is not there is unknown', () => {
    expect(judge(absent).state).toBe('unknown')
  })
})

test.each<[PackageManager, string, string]>([
  ['none', 'not-applicable', 'NotApplicable'],
  ['unknown', 'unknown', 'PackageManagerUnknown'],
])('a host with package manager %s', (manager, state, reason) => {
  const answer = () => absent
  expect(judgeBy(packageNeed, { package: 'a' }, { answer, facts: on(manager) })).toMatchObject({
    state,
    reason,
  })
})

test.each(['bas*', '-y', 'a b', 'a;b', ''])('is no name of a package: %j', (name) => {
  expect(packageNeed.schema.safeParse({ package: name }).success).toBe(false)
})

function on(packages: PackageManager): Partial<Facts> {
  return { packages }
}
