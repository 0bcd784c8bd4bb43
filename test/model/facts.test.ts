import { describe, expect, test } from 'vitest'
import { collectAnswers } from '#agent/model/answers.ts'
import type { AnswerEntry } from '#agent/model/answers.ts'
import { parseOsRelease } from '#agent/model/distro.ts'
import { factQuestions, readFacts } from '#agent/model/facts.ts'
import type { Answer, Question } from '#agent/model/question.ts'

describe('os-release', () => {
  test.each([
    ['plain', 'ID=debian\nVERSION_ID="12"', { id: 'debian', version: '12', like: [] }],
    [
      'quotes of both kinds and escapes',
      `ID='rocky'\nPRETTY_NAME="Rocky \\"9\\""`,
      { id: 'rocky', name: 'Rocky "9"' },
    ],
    ['several relatives', 'ID=ol\nID_LIKE="rhel  fedora"', { like: ['rhel', 'fedora'] }],
    ['comments, blanks, garbage', '# x\n\nnonsense\n  ID=arch  \n', { id: 'arch', name: 'arch' }],
    ['capitals', 'ID=Debian', { id: 'debian' }],
    ['empty: the default of os-release(5)', '', { id: 'linux', name: 'linux' }],
    ['escape sequences in the name', 'ID=x\nPRETTY_NAME="a\u001b[31mb"', { name: 'a [31mb' }],
    [
      'escape sequences in all else',
      'ID=a\u001bb\nID_LIKE="c\u202ed e"\nVERSION_ID=1\u200b2\nVARIANT_ID=x\u2028y',
      { id: 'a b', like: ['c', 'd', 'e'], version: '1 2', variant: 'x y', name: 'a b' },
    ],
    ['a megabyte of spaces', `ID=${' '.repeat(2 ** 20)}x\nPRETTY_NAME=${'\t'.repeat(2 ** 20)}`, { id: 'x' }],
  ])('%s', (_, text, wanted) => {
    expect(parseOsRelease(text)).toMatchObject(wanted)
  })
})

describe('facts', () => {
  test('an unreadable host is not taken for any distribution', () => {
    const facts = readFacts(collectAnswers([]), { arch: 'x64', now: 0 })
    expect(facts).toMatchObject({ kernel: null, arch: 'amd64', packages: 'unknown', reboot: null })
    expect(facts.distro.id).toBeNull()
    expect(facts.init.type).toBe('other')
  })

  test.each([
    [
      'Linux version 6.1.0-50-amd64 (gcc-12 (Debian 12.2.0-14) 12.2.0) #1 SMP Debian 6.1.64-1 (2023-11-30)',
      '6.1.64',
    ],
    ['Linux version 6.18.1 (me@here) (gcc (Debian 12.2.0-14) 12.2.0) #1 SMP @0', undefined],
  ])('what the kernel was built from: %s', (banner, version) => {
    const entries = [file('/proc/version', banner)]
    expect(readFacts(collectAnswers(entries), { arch: 'x64', now: 0 }).upstream).toBe(version)
  })

  test('the second os-release is read only when the first is absent', () => {
    const second = file('/usr/lib/os-release', 'ID=debian')
    expect(distroOf([absent('/etc/os-release'), second])).toBe('debian')
    expect(distroOf([[read('/etc/os-release'), { fate: 'denied', detail: 'no' }], second])).toBeNull()
  })

  test.each([
    ['systemd', [file('/proc/1/comm', 'systemd\n')], { type: 'systemd' }],
    ['openrc', [file('/proc/1/comm', 'init\n'), there('/run/openrc/softlevel')], { type: 'openrc' }],
    ['another', [file('/proc/1/comm', 'tini\n')], { type: 'other', name: 'tini' }],
  ] as const)('init: %s', (_, entries, init) => {
    expect(readFacts(collectAnswers(entries), { arch: 'x64', now: 0 }).init).toEqual(init)
  })

  test.each([
    ['dpkg', [file('/etc/os-release', 'ID=debian'), there('/var/lib/dpkg/status')], 'dpkg'],
    [
      'the family decides when a foreign tool has left a database',
      [file('/etc/os-release', 'ID=debian'), there('/var/lib/rpm'), there('/var/lib/dpkg/status')],
      'dpkg',
    ],
    ['rpm of an ostree system', [file('/etc/os-release', 'ID=fedora'), there('/usr/share/rpm')], 'rpm'],
    ['none on Talos', [file('/etc/os-release', 'ID=talos')], 'none'],
    [
      'whatever is there on a distribution we do not know',
      [file('/etc/os-release', 'ID=mine'), there('/lib/apk/db/installed')],
      'apk',
    ],
    ['unknown when nothing is', [file('/etc/os-release', 'ID=mine')], 'unknown'],
  ] as const)('packages: %s', (_, entries, manager) => {
    expect(readFacts(collectAnswers(entries), { arch: 'x64', now: 0 }).packages).toBe(manager)
  })
})

describe('what installs', () => {
  const suse = file('/etc/os-release', 'ID=sl-micro\nID_LIKE=suse')
  const rhel = file('/etc/os-release', 'ID=rhel')
  const readOnly = file(
    '/proc/1/mountinfo',
    '24 1 0:1 / / rw,relatime - ext4 a rw\n25 24 0:2 / /usr ro - ext4 b ro\n',
  )
  test.each([
    ['as os-release says where nothing was told', [rhel], 'dnf', null],
    ['where the PATH has it', [rhel, program('dnf')], 'dnf', null],
    [
      'another of its family where the PATH has it not',
      [rhel, noProgram('dnf'), program('yum')],
      'yum',
      null,
    ],
    ['none of another family', [rhel, noProgram('dnf'), program('apt-get')], 'dnf', null],
    ['nothing on a read-only /usr', [rhel, program('dnf'), readOnly], 'image', 'read-only'],
    [
      'what builds the next system there',
      [suse, program('transactional-update'), readOnly],
      'transactional-update',
      null,
    ],
    ['no more than is there', [suse, noProgram('transactional-update'), readOnly], 'image', 'read-only'],
    [
      'a refused look proves nothing',
      [suse, refused('transactional-update'), readOnly],
      'transactional-update',
      null,
    ],
    ['ostree', [rhel, there('/run/ostree-booted'), program('rpm-ostree')], 'rpm-ostree', null],
    ['bootc', [rhel, there('/run/ostree-booted'), program('rpm-ostree'), program('bootc')], 'image', 'bootc'],
    ['Harvester', [suse, there('/etc/harvester-release.yaml')], 'image', 'harvester'],
    ['Elemental', [suse, there('/run/elemental')], 'image', 'elemental'],
    ['OpenShift', [rhel, there('/etc/machine-config-daemon')], 'image', 'machine-config'],
    ['Talos', [file('/etc/os-release', 'ID=talos')], 'image', 'talos'],
    [
      'of a system that is not known what is there',
      [file('/etc/os-release', 'ID=mine'), program('zypper')],
      'zypper',
      null,
    ],
    ['nothing that is known', [file('/etc/os-release', 'ID=mine')], 'unknown', null],
  ] as const)('%s', (_, entries, installer, imageBased) => {
    expect(readFacts(collectAnswers(entries), { arch: 'x64', now: 0 })).toMatchObject({
      installer,
      imageBased,
    })
  })
})

describe('a node that is a container', () => {
  const rootOn = (mount: string) => file('/proc/1/mountinfo', `27 1 254:0 ${mount}\n`)
  const wsl = file('/proc/sys/kernel/osrelease', '5.15.153.1-microsoft-standard-WSL2')
  test.each([
    ['none is known', [], null],
    ['systemd in Podman', [file('/run/systemd/container', 'podman\n')], 'podman'],
    ['by a name that is not known', [file('/run/systemd/container', 'rkt\n')], 'other'],
    ['Docker without systemd', [there('/.dockerenv')], 'docker'],
    ['kind', [file('/run/systemd/container', 'docker\n'), there('/kind/version')], 'kind'],
    [
      'LXC by its lxcfs',
      [file('/proc/1/mountinfo', '9 8 0:5 /proc/stat /proc/stat rw - fuse.lxcfs lxcfs rw\n')],
      'lxc',
    ],
    [
      'not where lxcfs serves others',
      [file('/proc/1/mountinfo', '9 8 0:5 / /var/lib/lxcfs rw - fuse.lxcfs lxcfs rw\n')],
      null,
    ],
    ['WSL', [wsl], 'wsl'],
    ['a container in WSL', [wsl, there('/.dockerenv')], 'docker'],
    ['a container on an overlay', [there('/.dockerenv'), rootOn('/ / rw - overlay overlay rw')], 'docker'],
    ['a container on a subvolume', [there('/.dockerenv'), rootOn('/sub / rw - btrfs /dev/sda rw')], 'docker'],
    [
      "a container on Docker's own disk",
      [there('/.dockerenv'), rootOn('/ / rw - ext4 /dev/mapper/docker-8 rw')],
      'docker',
    ],
    [
      "not a machine whose disk was made of a container's image",
      [there('/.dockerenv'), rootOn('/ / rw - ext4 /dev/vda rw')],
      null,
    ],
  ] as const)('%s', (_, entries, container) => {
    expect(readFacts(collectAnswers(entries), { arch: 'x64', now: 0 }).container).toBe(container)
  })
})

function program(name: string): AnswerEntry {
  return [
    { ask: 'which', name },
    { fate: 'found', value: { path: `/usr/bin/${name}`, executable: true } },
  ]
}

function noProgram(name: string): AnswerEntry {
  return [
    { ask: 'which', name },
    { fate: 'absent', detail: 'is not there' },
  ]
}

function refused(name: string): AnswerEntry {
  return [
    { ask: 'which', name },
    { fate: 'denied', detail: 'Permission denied' },
  ]
}

function distroOf(entries: readonly AnswerEntry[]): string | null {
  return readFacts(collectAnswers(entries), { arch: 'x64', now: 0 }).distro.id
}

function file(path: string, text: string): AnswerEntry {
  return [read(path), { fate: 'found', value: { text } }]
}

function absent(path: string): AnswerEntry {
  return [read(path), { fate: 'absent', detail: 'is not there' }]
}

/** As it is asked. */
function read(path: string): Question {
  const question = factQuestions.find((one) => one.ask === 'read' && one.path === path)
  if (question === undefined) throw new Error(`${path} is not asked for`)
  return question
}

function there(path: string): AnswerEntry {
  const answer: Answer<unknown> = {
    fate: 'found',
    value: { type: 'file', mode: 0o644, uid: 0, gid: 0, size: 1, realPath: path },
  }
  return [{ ask: 'stat', path }, answer]
}
