import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { identify, isAlive, killIdentified } from './process-id.ts'

/** What a test host is made of on this machine; all of it carries one name, so that all of it can be found again. */
export interface HostParts {
  /** Also its network namespace, its machine name and its cgroup. */
  readonly name: string
  readonly folder: string
  /** Where its root is mounted. */
  readonly root: string
  /** Its cgroups, a path a hierarchy; what its containers run in is below them. */
  readonly cgroups: readonly string[]
}

/** Tells the process that owns it. */
const hostName = /^hostdeps-host-(\d+)-\w+$/

/** Names a host as no other is named, and writes down whose it is. */
export function newParts(name: string): HostParts {
  if (!/^\w{1,16}$/.test(name))
    throw new Error(`${name} is no name for a host: letters and digits, at most 16`)
  const own = basename(mkdtempSync(join(tmpdir(), `hostdeps-host-${process.pid}-${name}`)))
  writeFileSync(cgroupList(own), cgroupsOf(own).join('\n'))
  const parts = partsOf(own)
  writeProcess(parts, 'owner', process.pid)
  return parts
}

/** A process of the host is written down at once, so that a later run finds it if this one is killed. */
export function writeProcess({ folder }: HostParts, role: Role, pid: number): void {
  const identity = identify(pid)
  if (identity !== null) writeFileSync(join(folder, role), identity)
}

type Role = 'owner' | 'nspawn'

/**
 * Ends and removes all of a host, whatever of it is there, and returns when it is gone. It waits for nothing else, since
 * it is also called while this process ends.
 */
export function removeParts(parts: HostParts): void {
  const nspawn = readProcess(parts, 'nspawn')
  if (nspawn !== null) killIdentified(nspawn)
  for (const cgroup of parts.cgroups) endCgroup(cgroup)
  tryTo('umount', ['-l', parts.root])
  tryTo('ip', ['netns', 'del', parts.name])
  rmSync(parts.folder, { recursive: true, force: true })
}

/** The hosts whose owner is gone: it was killed before it could remove them. */
export function abandonedHosts(): HostParts[] {
  const places = [tmpdir(), '/run/netns', ...hierarchies()]
  const names = new Set(places.flatMap((place) => (existsSync(place) ? readdirSync(place) : [])))
  return [...names]
    .filter((name) => hostName.test(name))
    .map(partsOf)
    .filter(isAbandoned)
}

function isAbandoned(parts: HostParts): boolean {
  const owner = readProcess(parts, 'owner')
  if (owner !== null) return !isAlive(owner)
  const [, pid] = hostName.exec(parts.name) ?? []
  return !existsSync(`/proc/${pid}`)
}

function partsOf(name: string): HostParts {
  const folder = join(tmpdir(), name)
  const list = cgroupList(name)
  const cgroups = existsSync(list) ? readFileSync(list, 'utf8').split('\n') : cgroupsOf(name)
  return { name, folder, root: join(folder, 'root'), cgroups }
}

function cgroupList(name: string): string {
  return join(tmpdir(), name, 'cgroups')
}

const cgroupRoot = '/sys/fs/cgroup'

/** Those that a systemd in the host keeps its services in; in its own it shares them with no other host. */
function hierarchies(): string[] {
  if (existsSync(join(cgroupRoot, 'cgroup.controllers'))) return [cgroupRoot]
  return [join(cgroupRoot, 'systemd'), join(cgroupRoot, 'unified')].filter((place) => existsSync(place))
}

/**
 * Of a host made by this process: one in each of its hierarchies, and with cgroups v1 in each controller too, where runc keeps
 * the containers of a node. There it is below this process's own, whose bounds it stays in.
 */
function cgroupsOf(name: string): string[] {
  const controllers = readFileSync('/proc/self/cgroup', 'utf8')
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [, controller = '', own = ''] = /^\d+:([\w,]+):(.*)$/.exec(line) ?? []
      return controller === '' ? [] : [join(cgroupRoot, controller, own)]
    })
  const parents = [...hierarchies(), ...controllers.filter((place) => existsSync(place))]
  return parents.map((parent) => join(parent, name))
}

/** Makes a host's cgroups. One of cpuset takes no process before it is told where that may run. */
export function makeCgroups({ cgroups }: HostParts): void {
  for (const cgroup of cgroups) {
    mkdirSync(cgroup, { recursive: true })
    for (const setting of ['cpuset.cpus', 'cpuset.mems'].filter((name) => existsSync(join(cgroup, name))))
      writeFileSync(join(cgroup, setting), readFileSync(join(dirname(cgroup), setting)))
  }
}

function readProcess({ folder }: HostParts, role: Role): string | null {
  const file = join(folder, role)
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

/**
 * Ends all that runs in a cgroup and removes it. The init of a host outlives its systemd-nspawn, and its cgroup is where
 * it is found for sure. A cgroup is busy until the last process in it is wholly gone, a moment after its SIGKILL.
 */
function endCgroup(place: string): void {
  for (let tries = 0; existsSync(place) && tries < 100; tries++) {
    if (tries > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    endTree(place)
  }
}

function endTree(place: string): void {
  try {
    for (const entry of readdirSync(place, { withFileTypes: true }))
      if (entry.isDirectory()) endTree(join(place, entry.name))
    for (const pid of readFileSync(join(place, 'cgroup.procs'), 'utf8').trim().split('\n'))
      if (Number(pid) > 0) process.kill(Number(pid), 'SIGKILL')
    rmdirSync(place)
  } catch {
    // It is busy yet, or gone already.
  }
}

function tryTo(program: string, args: readonly string[]): void {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
  } catch {
    // There was nothing of it.
  }
}
