import { describe, expect, test } from 'vitest'
import type { Facts, PackageManager } from '#agent/model/facts.ts'
import type { Answer, Question } from '#agent/model/question.ts'
import { packageNeed } from '#agent/needs/package/package.ts'
import { absent, found, judgeBy, provesNothing } from './answer-each.ts'
import { debian } from './memory-host.ts'

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

Package: reinstall
Status: install reinstreq installed
Architecture: amd64
Version: 1.0

Package: awaiting
Status: install ok triggers-awaited
Architecture: amd64
Version: 1.0

Package: libssl3
Status: deinstall ok config-files
Architecture: amd64
Version: 3.0.1-1

Package: libssl3t64
Status: install ok installed
Architecture: amd64
Version: 3.5.1-1
Provides: libssl3 (= 3.5.1-1)

Package: gone-provider
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0
Provides: mail-transport-agent

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
    ['with triggers awaited', 'awaiting', 'ready', 'PackageInstalled'],
    ['to be reinstalled', 'reinstall', 'missing', 'PackageBroken'],
    ['of one architecture of two', 'libc6', 'ready', 'PackageInstalled'],
    ['of the architecture asked for', 'libc6:amd64', 'ready', 'PackageInstalled'],
    ['of the other architecture', 'libc6:i386', 'missing', 'PackageRemoved'],
    ['of no such architecture', 'libc6:arm64', 'missing', 'PackageNotInstalled'],
    ['removed, and provided by its successor', 'libssl3', 'ready', 'PackageInstalled'],
    ['provided by a removed one', 'mail-transport-agent', 'missing', 'PackageNotInstalled'],
    ['provided by another', 'awk', 'ready', 'PackageInstalled'],
    ['never heard of', 'none', 'missing', 'PackageNotInstalled'],
    ['a part of a name', 'iscsi', 'missing', 'PackageNotInstalled'],
    ['named in a description', 'hidden-in-a-description', 'missing', 'PackageNotInstalled'],
    ['any of several', ['none', 'open-iscsi'], 'ready', 'PackageInstalled'],
    ['none of several', ['none', 'removed-tool'], 'missing', 'PackageRemoved'],
    ['none of several, the nearest told', ['removed-tool', 'half', 'none'], 'missing', 'PackageBroken'],
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
    ['libssl3', '>=3.5', 'ready'],
    // Its provider does not say in which version: 1.3.4 is mawk's own.
    ['awk', '>=1.3', 'unknown'],
    ['awk', '>=9', 'unknown'],
  ])('%s %s', (name, version, state) => {
    expect(judge({ package: name, version }).state).toBe(state)
  })

  test('who provides it is said', () => {
    expect(judge({ package: 'awk' }).evidence).toEqual(['awk, provided by mawk 1.3.4'])
  })

  test.each([
    ['half', ['dpkg --configure -a', 'apt-get install -f -y']],
    ['unpacked', ['dpkg --configure -a', 'apt-get install -f -y']],
    ['cut-short', ['apt-get install --reinstall -y cut-short']],
    ['reinstall', ['apt-get install --reinstall -y reinstall']],
    ['removed-tool', undefined],
  ])('%s is mended by %j', (name, run) => {
    expect(judge({ package: name }).fix?.run).toEqual(run)
  })

  test.each([
    ['empty', ''],
    ['cut off within a line', status.slice(0, 60)],
    ['no package database', 'hello\nworld\n'],
    ['binary', '\u0000\u0001\n'],
    ['cut off in a word of its end', status.slice(0, -4)],
    [
      'overwritten with zeros in the middle',
      `${status.slice(0, 200)}${'\0'.repeat(200)}${status.slice(400)}`,
    ],
    ['with a status that dpkg does not know', status.replace('half-configured', 'half-conf')],
    ['with lines of nothing', status.replace('Package: held', 'held')],
    ['with an installed package without a version', status.replace('Version: 2.1.8-1\n', '')],
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
    [{ package: 'awk', version: '>=2' }, 'ready'],
    [{ package: 'awk', version: '>=3' }, 'missing'],
    [{ package: 'iscsi' }, 'missing'],
    [{ package: 'ls' }, 'missing'],
  ])('%j', (written, state) => {
    expect(judge(written).state).toBe(state)
  })

  test.each([
    ['empty', ''],
    ['cut off within a line', text.slice(0, -8)],
    ['cut off within a block', `${text}C:Q1=\nP:bash\n`],
    ['binary', text.replace('P:busybox', '\0\0')],
  ])('a database that is %s proves nothing', (_, broken) => {
    const answer = () => found({ text: broken })
    expect(judgeBy(packageNeed, { package: 'none' }, { answer, facts: on('apk') })).toMatchObject({
      state: 'unknown',
      reason: 'QuestionFailed',
    })
  })
})

describe('rpm', () => {
  const list =
    'bash\t5.1.8-9.el9\niscsi-initiator-utils\t6.2.1.4-3.git2a8f9d8.el9\nopenssl\t1:3.0.7-27.el9\nkernel\t5.14.0-10.el9\nkernel\t5.14.0-9.el9\n'
  const judge = (written: unknown, run: object) =>
    judgeBy(packageNeed, written, {
      answer: () => found({ exitCode: 0, signal: null, stdout: list, stderr: '', truncated: false, ...run }),
      facts: on('rpm'),
    })

  test.each([
    [{ package: 'iscsi-initiator-utils' }, 'ready'],
    [{ package: 'iscsi-initiator-utils', version: '>=6.2' }, 'ready'],
    [{ package: 'openssl', version: '>=3.1' }, 'missing'],
    // rpm lists them as they were installed, not by their order.
    [{ package: 'kernel', version: '>=5.14.0-10.el9' }, 'ready'],
    [{ package: 'bash:amd64' }, 'ready'],
    [{ package: 'iscsi' }, 'missing'],
  ])('%j', (written, state) => {
    expect(judge(written, {}).state).toBe(state)
  })

  test('a damaged header makes rpm skip a package: what is not listed is unknown, what is listed is there', () => {
    const stderr =
      'warning: a\nerror: rpmdbNextIterator: skipping h# 12 Header V3 RSA/SHA256 Signature: BAD\n'
    expect(judge({ package: 'bash' }, { stderr }).state).toBe('ready')
    expect(judge({ package: ['none', 'bash'] }, { stderr }).state).toBe('ready')
    expect(judge({ package: 'none' }, { stderr })).toMatchObject({
      state: 'unknown',
      message: expect.stringContaining('skipping h# 12'),
    })
    expect(judge({ package: 'none' }, { stderr: 'warning: only\n' }).state).toBe('missing')
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

test.each<[PackageManager, Question['ask']]>([
  ['dpkg', 'read'],
  ['rpm', 'run'],
  ['apk', 'read'],
  ['pacman', 'list'],
])('%s is asked one question for all packages', (manager, ask) => {
  const asked = ['a', ['b', 'c']].map((written) =>
    packageNeed.questions(packageNeed.schema.parse({ package: written }), { ...debian, packages: manager }),
  )
  expect(asked[0]).toMatchObject([{ ask }])
  expect(asked[1]).toEqual(asked[0])
})

test.each(['bas*', 'a?', 'lib[c]6', '-y', 'a b', 'a;b', ''])('is no name of a package: %j', (name) => {
  expect(packageNeed.schema.safeParse({ package: name }).success).toBe(false)
})

function on(packages: PackageManager): Partial<Facts> {
  return { packages }
}
