import { chmodSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { stringify, parse } from 'yaml'
import * as z from 'zod'
import { foldModule, moduleNames, moduleOptions, optionNames } from './catalogue-names.ts'

const names = z.array(z.string()).default([])

/** A distribution as its documents describe it: what differs from the base below. */
const schema = z.strictObject({
  /** Where its facts are from. */
  sources: z.array(z.url()).min(1),
  osRelease: z.string(),
  kernel: z.string(),
  /** The name of process 1. */
  init: z.string().default('systemd'),
  modules: z
    .strictObject({
      /** Whose modules are compressed, by what. */
      ending: z.enum(['.ko', '.ko.gz', '.ko.xz', '.ko.zst']),
      folder: z.string().default('/lib/modules'),
      /** All that the catalogue names are there, but these. */
      without: names,
      builtIn: names,
      loaded: names,
    })
    .nullable(),
  config: z.strictObject({ path: z.string(), unset: names }).nullable(),
  packages: z.strictObject({
    manager: z.enum(['dpkg', 'rpm', 'pacman', 'none']),
    names: z.record(z.string(), z.string()).default({}),
  }),
  programs: names,
  /** By process: what is on the PATH of the root that it has of its own. */
  inside: z.record(z.string(), names).default({}),
  folders: names,
  files: z.record(z.string(), z.string()).default({}),
  sysctls: z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).default({}),
  /** By path: file system type, with ",ro" or ",private" after it. */
  mounts: z.record(z.string(), z.string()),
  cmdline: z.string().default('quiet'),
  /** By name: ActiveState, and UnitFileState where it is not enabled. */
  units: z.record(z.string(), z.string()).default({}),
  devices: names,
  sockets: names,
  processes: names,
  runs: z.array(z.strictObject({ argv: z.array(z.string()), stdout: z.string() })).default([]),
})

type Composed = z.infer<typeof schema>

/** A folder as `recordedHost` reads it, below the system's temporary folder: remove it afterwards. */
export function compose(file: string): string {
  const host = schema.parse(parse(readFileSync(file, 'utf8')))
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-composed-'))
  const files = Object.entries(filesOf(host))
  for (const [path, text] of files.filter(isLink)) link(join(folder, 'root'), path, text.slice(3))
  for (const [path, text] of files.filter((entry) => !isLink(entry))) put(join(folder, 'root'), path, text)
  for (const path of host.folders) mkdirSync(join(folder, 'root', path), { recursive: true })
  for (const path of host.programs) putProgram(join(folder, 'root'), path)
  for (const [process, paths] of Object.entries(host.inside))
    for (const path of paths) putProgram(join(folder, 'in', process), path)
  writeFileSync(join(folder, 'answers.yaml'), stringify(answersOf(host)))
  return folder
}

/** "-> target" is a symbolic link: the first thing there, since others lead through it. */
function isLink([, text]: [string, string]): boolean {
  return text.startsWith('-> ')
}

function link(root: string, path: string, target: string): void {
  const parent = dirname(join(root, path))
  mkdirSync(parent, { recursive: true })
  mkdirSync(join(parent, target), { recursive: true })
  symlinkSync(target, join(root, path))
}

function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function putProgram(root: string, path: string): void {
  put(root, path, '')
  chmodSync(join(root, path), 0o755)
}

/** What Linux has by itself, on a machine of Intel's without extras. */
const base: Readonly<Record<string, string>> = {
  '/proc/cpuinfo': 'processor\t: 0\nflags\t\t: fpu lm vmx sse4_1 sse4_2\n',
  '/proc/swaps': 'Filename\tType\tSize\tUsed\tPriority\n',
  '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory hugetlb pids rdma misc\n',
  '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages': '0\n',
  '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never\n',
  '/sys/kernel/security/lockdown': '[none] integrity confidentiality\n',
  '/sys/kernel/security/lsm': 'lockdown,capability,landlock,yama,bpf',
  '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
  '/sys/kernel/btf/vmlinux': '',
  '/sys/bus/pci/devices/0000:00:00.0/vendor': '0x8086\n',
  '/sys/bus/pci/devices/0000:00:00.0/device': '0x1237\n',
  '/etc/resolv.conf': 'nameserver 192.0.2.53\n',
  '/run/udev/data/b254:0': '',
}

const sysctls: Readonly<Record<string, string>> = {
  'vm.max_map_count': '65530',
  'vm.overcommit_memory': '0',
  'vm.panic_on_oom': '0',
  'kernel.panic': '0',
  'kernel.panic_on_oops': '0',
  'kernel.keys.root_maxkeys': '1000000',
  'kernel.keys.root_maxbytes': '25000000',
  'kernel.keys.maxkeys': '200',
  'kernel.keys.maxbytes': '20000',
  'kernel.pid_max': '4194304',
  'kernel.modules_disabled': '0',
  'fs.inotify.max_user_instances': '128',
  'fs.inotify.max_user_watches': '65536',
  'fs.inotify.max_queued_events': '16384',
  'fs.file-max': '9223372036854775807',
  'user.max_user_namespaces': '15000',
  'net.ipv4.ip_forward': '0',
  'net.ipv6.conf.all.forwarding': '0',
}

function filesOf(host: Composed): Record<string, string> {
  const settings = Object.entries({ ...sysctls, ...host.sysctls })
  return {
    ...base,
    ...Object.fromEntries(
      settings.map(([key, value]) => [`/proc/sys/${key.replaceAll('.', '/')}`, `${value}\n`]),
    ),
    '/etc/os-release': host.osRelease,
    '/proc/1/comm': `${host.init}\n`,
    '/proc/sys/kernel/osrelease': `${host.kernel}\n`,
    '/proc/version': `Linux version ${host.kernel}\n`,
    '/proc/cmdline': `${host.cmdline}\n`,
    '/proc/1/mountinfo': mountsOf(host),
    ...modulesOf(host),
    ...(host.config && { [host.config.path]: configOf(host.config) }),
    ...packagesOf(host),
    ...host.files,
  }
}

function modulesOf({ modules, kernel }: Composed): Record<string, string> {
  if (modules === null) return { '/proc/modules': '' }
  const folder = `${modules.folder}/${kernel}`
  const there = [...moduleNames].filter((name) => ![...modules.without, ...modules.builtIn].includes(name))
  const line = (name: string) => `kernel/${name}${modules.ending}:\n`
  return {
    '/proc/modules': modules.loaded.map((name) => `${foldModule(name)} 16384 0 - Live 0x0\n`).join(''),
    [`${folder}/modules.dep`]: there.map(line).join(''),
    [`${folder}/modules.builtin`]: modules.builtIn.map((name) => `kernel/${name}.ko\n`).join(''),
    [`${folder}/modules.alias`]: '',
  }
}

function configOf({ unset }: NonNullable<Composed['config']>): string {
  const line = (name: string) =>
    unset.includes(name) ? `# ${name} is not set` : `${name}=${moduleOptions.has(name) ? 'm' : 'y'}`
  return ['# Linux Kernel Configuration', ...[...optionNames].map(line)].join('\n')
}

function packagesOf({ packages: { manager, names: installed } }: Composed): Record<string, string> {
  const all = Object.entries(installed)
  if (manager === 'dpkg') {
    const stanza = ([name, version]: [string, string]) =>
      `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n\n`
    return { '/var/lib/dpkg/status': all.map(stanza).join('') }
  }
  if (manager === 'pacman') {
    return Object.fromEntries(
      all.map(([name, version]) => [`/var/lib/pacman/local/${name}-${version}/desc`, '']),
    )
  }
  return manager === 'rpm' ? { '/var/lib/rpm/rpmdb.sqlite': '' } : {}
}

function mountsOf({ mounts }: Composed): string {
  const all = {
    '/sys/fs/cgroup': 'cgroup2',
    '/sys/kernel/tracing': 'tracefs',
    '/dev/hugepages': 'hugetlbfs',
    ...mounts,
  }
  return Object.entries(all)
    .map(([path, text], index) => {
      const [fstype, ...words] = text.split(',')
      const shared = words.includes('private') ? '' : ` shared:${index + 1}`
      return `${20 + index} 1 0:${20 + index} / ${path} ${words.includes('ro') ? 'ro' : 'rw'},relatime${shared} - ${fstype} none rw\n`
    })
    .join('')
}

function answersOf(host: Composed) {
  const { manager, names: installed } = host.packages
  const list = Object.entries(installed).map(([name, version]) => `${name}\t${version}\n`)
  const rpm = ['rpm', '-qa', '--queryformat', '%{NAME}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\n']
  const space = { size: 4e10, free: 3e10, freeForRoot: 3e10, inodes: 2_621_440, inodesFree: 2_500_000 }
  return {
    units: Object.fromEntries(Object.entries(host.units).map(([name, text]) => [name, unitOf(text)])),
    runs: [
      ...host.runs.map((run) => ({ ...run, exitCode: 0 })),
      { argv: ['cryptsetup', '--version'], exitCode: 0, stdout: 'cryptsetup 2.7.0\n' },
      ...(manager === 'rpm' ? [{ argv: rpm, exitCode: 0, stdout: list.join('') }] : []),
    ],
    devices: ['/dev/fuse', '/dev/kmsg', '/dev/net/tun', '/dev/vhost-net', '/dev/kvm', ...host.devices],
    sockets: host.sockets,
    spaces: { '/var/lib/kubelet': space, '/var/log': space, '/var/lib/containerd': space },
    processes: Object.fromEntries(
      host.processes.map((name) => [name, 'Max open files            1048576    1048576    files\n']),
    ),
  }
}

function unitOf(text: string): Record<string, string> {
  const [ActiveState = '', UnitFileState = 'enabled'] = text.split(' ')
  const isActive = ActiveState === 'active'
  return { LoadState: 'loaded', ActiveState, SubState: isActive ? 'running' : 'dead', UnitFileState }
}
