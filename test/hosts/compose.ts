import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { stringify, parse } from 'yaml'
import * as z from 'zod'
import { kernelFiles } from './compose-kernel.ts'

const names = z.array(z.string()).default([])

/** A distribution as its documents describe it: what differs from the base below. */
const schema = z.strictObject({
  /** Where its facts are from. */
  sources: z.array(z.url()).min(1),
  osRelease: z.string(),
  osReleaseAt: z.string().default('/etc/os-release'),
  kernel: z.string(),
  /** What follows it in /proc/version: the distribution's own number there. */
  built: z.string().default('#1 SMP PREEMPT_DYNAMIC'),
  /** The name of process 1. */
  init: z.string().default('systemd'),
  modules: z
    .strictObject({
      /** Whose modules are compressed, by what. */
      ending: z.enum(['.ko', '.ko.gz', '.ko.xz', '.ko.zst']),
      folder: z.string().default('/lib/modules'),
      /** All that the catalogue names are there, but these: not built, */
      without: names,
      /** or in a package that is not installed. */
      elsewhere: names,
      builtIn: names,
      /** Beyond Linux's own. */
      brings: names,
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
  /** By path: file system type, with ",private" or options after it. */
  mounts: z.record(z.string(), z.string()),
  cmdline: z.string().default('quiet'),
  /** By name: ActiveState, and UnitFileState where it is not enabled. */
  units: z.record(z.string(), z.string()).default({}),
  devices: names,
  sockets: names,
  clock: z.enum(['synchronized', 'unsynchronized']).optional(),
  processes: names,
  /** By path: how much of the space is free, in percent. */
  spaces: z
    .record(z.string(), z.number())
    .default({ '/var/lib/kubelet': 75, '/var/log': 75, '/var/lib/containerd': 75 }),
  runs: z.array(z.strictObject({ argv: z.array(z.string()), stdout: z.string() })).default([]),
})

type Composed = z.infer<typeof schema>

/**
 * A folder as `recordedHost` reads it, below the system's temporary folder: remove it afterwards. `changes` say how this
 * host differs from the one of the file: lists grow, null takes away.
 */
export function compose(file: string, changes: Readonly<Record<string, unknown>> = {}): string {
  const host = schema.parse(change(parse(readFileSync(file, 'utf8')), changes))
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-composed-'))
  try {
    fill(folder, host)
  } catch (error) {
    rmSync(folder, { recursive: true })
    throw error
  }
  return folder
}

function change(value: unknown, by: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(by)) return [...value, ...by]
  if (!isRecord(value) || !isRecord(by)) return by
  const kept = Object.entries(value).filter(([key]) => by[key] !== null)
  const changed = Object.entries(by).filter(([, part]) => part !== null)
  return Object.fromEntries([
    ...kept,
    ...changed.map(([key, part]) => [key, key in value ? change(value[key], part) : part]),
  ])
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fill(folder: string, host: Composed): void {
  const root = join(folder, 'root')
  const files = Object.entries(filesOf(host))
  const links = files.filter(([, text]) => text.startsWith('-> '))
  for (const [path, text] of links.filter(isRelative)) linkFolder(root, path, text.slice(3))
  for (const entry of files.filter((one) => !links.includes(one))) put(root, ...entry)
  for (const path of [...host.folders, ...Object.keys(host.mounts)])
    mkdirSync(join(root, path), { recursive: true })
  for (const path of host.programs) putProgram(root, path)
  for (const [process, paths] of Object.entries(host.inside))
    for (const path of paths) putProgram(join(folder, 'in', process), path)
  // Last, since whoever writes through them leaves the root.
  for (const [path, text] of links.filter((entry) => !isRelative(entry))) link(root, path, text.slice(3))
  writeFileSync(join(folder, 'answers.yaml'), stringify(answersOf(host)))
}

function isRelative([, text]: [string, string]): boolean {
  return !text.startsWith('-> /')
}

/** The first thing there, since others lead through it. */
function linkFolder(root: string, path: string, target: string): void {
  mkdirSync(join(dirname(join(root, path)), target), { recursive: true })
  link(root, path, target)
}

function link(root: string, path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  symlinkSync(target, join(root, path))
}

function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), path.endsWith('.gz') ? gzipSync(text) : text)
}

function putProgram(root: string, path: string): void {
  put(root, path, '')
  chmodSync(join(root, path), 0o755)
}

/** What Linux has by itself, on a machine of Intel's without extras. */
const base: Readonly<Record<string, string>> = {
  '/proc/cpuinfo':
    'processor\t: 0\nflags\t\t: fpu cx16 lm vmx pni ssse3 sse4_1 sse4_2 popcnt lahf_lm movbe xsave avx avx2 bmi1 bmi2 f16c fma abm\n',
  '/proc/swaps': 'Filename\tType\tSize\tUsed\tPriority\n',
  '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory hugetlb pids rdma misc\n',
  '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages': '0\n',
  '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never\n',
  '/sys/kernel/security/lockdown': '[none] integrity confidentiality\n',
  '/sys/kernel/security/lsm': 'lockdown,capability,landlock,yama,bpf',
  '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
  '/sys/kernel/btf/vmlinux': '',
  // Bus and function, vendor and device, interrupt, seven regions with their sizes, and the driver, which this bridge has not.
  '/proc/bus/pci/devices': `0000\t80861237\t0${`\t${'0'.padStart(16)}`.repeat(14)}\t\n`,
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
    [host.osReleaseAt]: host.osRelease,
    '/proc/1/comm': `${host.init}\n`,
    '/proc/sys/kernel/osrelease': `${host.kernel}\n`,
    '/proc/version': `Linux version ${host.kernel} ${host.built}\n`,
    '/proc/cmdline': `${host.cmdline}\n`,
    '/proc/1/mountinfo': mountsOf(host),
    ...bridgesOf(host),
    ...kernelFiles({ ...host, release: host.kernel }),
    ...packagesOf(host),
    ...host.files,
  }
}

/** There while br_netfilter is. */
function bridgesOf({ modules }: Composed): Record<string, string> {
  const is = modules !== null && [...modules.loaded, ...modules.builtIn].includes('br_netfilter')
  const files = ['iptables', 'ip6tables'].map((name) => [
    `/proc/sys/net/bridge/bridge-nf-call-${name}`,
    '1\n',
  ])
  return is ? Object.fromEntries(files) : {}
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
      const options = words.filter((word) => word !== 'private')
      const all = [...(options.includes('ro') ? [] : ['rw']), ...options, 'relatime'].join(',')
      return `${20 + index} 1 0:${20 + index} / ${path} ${all}${shared} - ${fstype} none rw\n`
    })
    .join('')
}

function answersOf(host: Composed) {
  const { manager, names: installed } = host.packages
  const list = Object.entries(installed).map(([name, version]) => `${name}\t${version}\n`)
  const rpm = ['rpm', '-qa', '--queryformat', '%{NAME}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\n']
  return {
    units: Object.fromEntries(Object.entries(host.units).map(([name, text]) => [name, unitOf(name, text)])),
    runs: [
      ...host.runs.map((run) => ({ ...run, exitCode: 0 })),
      ...usualRuns.filter(({ argv }) => has(host, argv[0])).map((run) => ({ ...run, exitCode: 0 })),
      ...(manager === 'rpm' ? [{ argv: rpm, exitCode: 0, stdout: list.join('') }] : []),
    ],
    devices: ['/dev/fuse', '/dev/kmsg', '/dev/net/tun', '/dev/vhost-net', '/dev/kvm', ...host.devices],
    sockets: host.sockets,
    clock: host.clock,
    spaces: Object.fromEntries(Object.entries(host.spaces).map(([path, free]) => [path, spaceOf(free)])),
    ports: Object.fromEntries(host.processes.filter(isKubelet).map((name) => ['10250/tcp', name])),
    processes: Object.fromEntries(
      host.processes.map((name) => [name, 'Max open files            1048576    1048576    files\n']),
    ),
  }
}

function spaceOf(percent: number) {
  const free = percent * 4e8
  return { size: 4e10, free, freeForRoot: free, inodes: 2_621_440, inodesFree: 2_500_000 }
}

function has({ programs }: Composed, name: string): boolean {
  return programs.some((path) => path.endsWith(`/${name}`))
}

/** Programs of which no check asks more than that they run; a host's own answers come first. */
const usualRuns: readonly { argv: readonly [string, ...string[]]; stdout: string }[] = [
  { argv: ['cryptsetup', '--version'], stdout: 'cryptsetup 2.7.0 flags: UDEV BLKID KEYRING KERNEL_CAPI\n' },
  { argv: ['chronyc', '-n', 'tracking'], stdout: 'Reference ID    : C0000235\nLeap status     : Normal\n' },
]

function isKubelet(process: string): boolean {
  return /^(kubelet|kubelite|k3s-(server|agent))$/.test(process)
}

function unitOf(name: string, text: string): Record<string, string> {
  const [ActiveState = '', UnitFileState = 'enabled'] = text.split(' ')
  const up = name.endsWith('.socket') ? 'listening' : 'running'
  return { LoadState: 'loaded', ActiveState, SubState: ActiveState === 'active' ? up : 'dead', UnitFileState }
}
