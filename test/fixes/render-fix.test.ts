import { expect, test } from 'vitest'
import { keysFor } from '#agent/fixes/families.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import { file } from '#agent/needs/places/file.ts'
import { fixText } from '#agent/fixes/fix-text.ts'
import { addModules } from '#agent/fixes/generic-fixes.ts'
import { readFacts } from '#agent/model/facts.ts'
import type { Facts } from '#agent/model/facts.ts'

const alone = { opponents: [] }

const settings = 'export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 NEEDRESTART_MODE=l'
const apt = `${settings}\napt-get update; ${aptInstall('tool')}`

function aptInstall(packages: string): string {
  return `apt-get install -y ${packages} -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold`
}

/** os-release of real systems, as their images ship it (only the fields that count here). */
const systems: [osRelease: string, family: string | null, installed: string][] = [
  ['ID=debian\nVERSION_ID=12', 'debian', apt],
  ['ID=ubuntu\nID_LIKE=debian\nVERSION_ID=24.04', 'debian', apt],
  [
    'ID=rocky\nID_LIKE="rhel centos fedora"\nVERSION_ID=9.4',
    'rhel',
    'dnf install -y tool --setopt=install_weak_deps=False',
  ],
  ['ID=ol\nID_LIKE=fedora\nVERSION_ID=9.3', 'rhel', 'dnf install -y tool --setopt=install_weak_deps=False'],
  [
    'ID=amzn\nID_LIKE=fedora\nVERSION_ID=2023',
    'rhel',
    'dnf install -y tool --setopt=install_weak_deps=False',
  ],
  ['ID=amzn\nID_LIKE="centos rhel fedora"\nVERSION_ID=2', 'rhel', 'yum install -y tool'],
  ['ID=centos\nID_LIKE="rhel fedora"\nVERSION_ID=7', 'rhel', 'yum install -y tool'],
  ['ID=fedora\nVERSION_ID=7', 'rhel', 'dnf install -y tool --setopt=install_weak_deps=False'],
  [
    'ID=fedora\nVARIANT_ID=coreos\nVERSION_ID=42',
    'rhel',
    'rpm-ostree install --idempotent --allow-inactive tool\nsystemctl reboot',
  ],
  ['ID=sles\nID_LIKE=suse\nVERSION_ID=15.6', 'suse', 'zypper --non-interactive install tool'],
  ['ID=opensuse-leap\nID_LIKE="suse opensuse"', 'suse', 'zypper --non-interactive install tool'],
  [
    'ID=sl-micro\nID_LIKE=suse\nVERSION_ID=6.0',
    'suse',
    'transactional-update --non-interactive --continue pkg install tool\nsystemctl reboot',
  ],
  [
    'ID=sles\nID_LIKE="suse opensuse"\nVERSION_ID=16.0\nVARIANT=Micro\nPRETTY_NAME="SUSE Linux Micro 6.2"',
    'suse',
    'transactional-update --non-interactive --continue pkg install tool\nsystemctl reboot',
  ],
  ['ID=alpine\nVERSION_ID=3.20.1', 'alpine', 'apk add tool'],
  ['ID=arch', 'arch', 'pacman -S --needed --noconfirm tool'],
  ['ID=talos', null, '# packages cannot be added to this system; needed: tool'],
  ['ID=flatcar\nID_LIKE=coreos', null, '# packages cannot be added to this system; needed: tool'],
  ['ID=mine', null, "# install with this system's package manager: tool"],
]

test.each(systems)('%j', (osRelease, family, installed) => {
  const facts = host(osRelease)
  expect(facts.family).toBe(family)
  const fix = { packages: ['tool'] }
  expect(fixText([{ ...alone, exact: null, others: [{ [keysFor(facts)[0] ?? 'all']: fix }] }], facts)).toBe(
    installed,
  )
})

test('an image-based system has only its own note, whatever the family or "all" says', () => {
  const others = [{ all: { packages: ['tool'] }, talos: { note: 'Add the extension.' } }]
  expect(fixText([{ ...alone, exact: { run: ['chmod +x /x'] }, others }], host('ID=talos'))).toBe(
    '# Add the extension.',
  )
  expect(
    fixText([{ ...alone, exact: null, others: [{ all: { packages: ['tool'] } }] }], host('ID=talos')),
  ).toBeNull()
})

test('ID, then ID_LIKE in its order, then the family, then all', () => {
  expect(keysFor(host('ID=ubuntu\nID_LIKE=debian'))).toEqual(['ubuntu', 'debian', 'all'])
  expect(keysFor(host('ID=amzn\nID_LIKE=fedora'))).toEqual(['amzn', 'fedora', 'rhel', 'all'])
})

test('modules and sysctls are set now and at each boot; services come last', () => {
  const fix = { packages: ['t'], modules: ['m'], sysctls: { 'a.b': '1' }, run: ['systemctl enable --now t'] }
  expect(
    fixText([{ ...alone, exact: null, others: [{ all: fix }] }], host('ID=alpine'))?.split('\n'),
  ).toEqual([
    'apk add t',
    'modprobe m && echo m > /etc/modules-load.d/hostdeps-m.conf',
    "sysctl -w a.b='1' && echo 'a.b = 1' > /etc/sysctl.d/90-hostdeps-a.b.conf",
    'systemctl enable --now t',
  ])
})

test('where packages come with the next boot, the services wait for it', () => {
  const fix = { packages: ['t'], run: ['systemctl enable --now t'] }
  const text = fixText(
    [{ ...alone, exact: null, others: [{ all: fix }] }],
    host('ID=fedora\nVARIANT_ID=coreos'),
  )
  expect(text?.split('\n')).toEqual([
    'rpm-ostree install --idempotent --allow-inactive t',
    'systemctl reboot',
    '# after the reboot:',
    'systemctl enable --now t',
  ])
})

test('a reboot that it takes comes last, or the rest would never be done', () => {
  const fix = { packages: ['t'], run: ['ubuntu-drivers install'], reboot: true }
  const text = fixText([{ ...alone, exact: null, others: [{ all: fix }] }], host('ID=ubuntu\nID_LIKE=debian'))
  expect(text?.split('\n')).toEqual([
    settings,
    `apt-get update; ${aptInstall('t')}`,
    'ubuntu-drivers install',
    'systemctl reboot',
  ])
})

const absent = 'a module that is not there comes with a package, or not at all'
test.each([
  [
    'ID=almalinux\nID_LIKE="rhel centos fedora"\nVERSION_ID=10.0',
    'dnf install -y kernel-modules-extra-$(uname -r) --setopt=install_weak_deps=False',
  ],
  [
    'ID=ol\nID_LIKE=fedora\nVERSION_ID=9.6',
    'dnf install -y kernel-uek-modules-extra-$(uname -r) --setopt=install_weak_deps=False',
  ],
  ['ID=ubuntu\nID_LIKE=debian', `apt-get update; ${aptInstall('linux-modules-extra-$(uname -r)')}`],
  ['ID=bottlerocket', "# The image's kernel has no m and none can be added; use nodes of another system."],
])(`${absent}: %j`, (osRelease, line) => {
  const lines = fixText([{ ...alone, exact: null, others: [addModules(['m'])] }], host(osRelease))?.split(
    '\n',
  )
  expect(lines).toContain(line)
})

test('no module is loaded that the kernel is known to lack', () => {
  const lacking = { kernel: { isWithout: true, without: ['nvme_tcp', 'kvm_intel', 'kvm_amd'] } } as const
  const others = [
    {
      all: {
        modules: ['nvme-tcp', 'nbd'],
        run: ['modprobe kvm_intel || modprobe kvm_amd', 'modprobe nvme_tcp && x'],
      },
    },
  ]
  const candidates = [
    { ...alone, exact: lacking, others: [] },
    { ...alone, exact: null, others },
  ]
  const commands = fixText(candidates, host('ID=debian'))
    ?.split('\n')
    .filter((line) => !line.startsWith('#'))
  expect(commands).toEqual([
    'modprobe nbd && echo nbd > /etc/modules-load.d/hostdeps-nbd.conf',
    'modprobe nvme_tcp && x',
  ])
})

test('a path with the release is one word of its command', () => {
  const facts = { ...host('ID=debian'), kernel: '6.1$(reboot)' }
  const spec = file.schema.parse({ file: { path: '/boot/x-{kernel}', mode: '0600' } })
  const stat = { type: 'file', mode: 0o644, uid: 0, gid: 0, size: 1, realPath: '/x' } as const
  const entries = file
    .questions(spec, facts)
    .map((question) => [question, { fate: 'found', value: stat }] as const)
  const { fix } = file.judge(spec, collectAnswers(entries), facts)
  expect(fix).toEqual({ run: [`chmod 0600 '/boot/x-6.1$(reboot)'`] })
})

test('a command that holds what is not shown is left out, and a note is shown harmless', () => {
  const fix = {
    run: ['systemctl start a', 'rm /a\u202e\u001b[1A', 'a\nb\r'],
    note: 'Take out /etc/x\u001b[31m\u2028.',
  }
  expect(fixText([{ ...alone, exact: fix, others: [] }], host('ID=debian'))?.split('\n')).toEqual([
    '# Take out /etc/x [31m .',
    'systemctl start a',
    '# A command is left out: it holds characters that cannot be shown.',
    '# A command is left out: it holds characters that cannot be shown.',
  ])
})

test('an unknown installer is told apart from an image', () => {
  expect(host('ID=mine').installer).toBe('unknown')
  expect(host('').installer).toBe('unknown')
})

function host(osRelease: string): Facts {
  const question = { ask: 'read', path: '/etc/os-release', limit: 65_536 } as const
  const kernel = { ask: 'read', path: '/proc/sys/kernel/osrelease' } as const
  const entries = [
    [question, { fate: 'found', value: { text: osRelease } }] as const,
    [kernel, { fate: 'found', value: { text: '6.1.0' } }] as const,
  ]
  return readFacts(collectAnswers(entries), { arch: 'x64', now: 0 })
}

test('a file of sysctl whose name breaks the line begins no command', () => {
  const line = {
    key: 'vm.a',
    spelled: 'vm.a',
    value: '1',
    path: '/etc/sysctl.d/99-x\nreboot #.conf',
    line: 1,
  }
  const exact = { sysctls: { 'vm.a': '2' }, undoneBy: [line] }
  expect(fixText([{ ...alone, exact, others: [] }], host('ID=debian'))?.split('\n')).toEqual([
    '# /etc/sysctl.d/99-x reboot #.conf:1 sets vm.a = 1, which is read later at each boot: so a later file is written.',
    "sysctl -w vm.a='2' && echo 'vm.a = 2' > /etc/sysctl.d/zz-hostdeps-vm.a.conf",
  ])
})
