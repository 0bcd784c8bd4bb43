import { isDeepStrictEqual } from 'node:util'
import type { Answers } from './answers.ts'
import { containerQuestions, readContainer } from './container.ts'
import type { Container } from './container.ts'
import { distroNames, familyOf, imageDistroOf, parseOsRelease } from './distro.ts'
import type { Distro } from './distro.ts'
import { familyWith, installerQuestions, readInstalling } from './installer.ts'
import type { Installing } from './installer.ts'
import { plainLine } from './plain.ts'
import type { Question, ReadQuestion } from './question.ts'
import { upstreamQuestions, upstreamVersion } from './upstream-kernel.ts'

/** What every kind of need may know of the host before it asks. */
export interface Facts extends FixFacts {
  /** The static host name; null when there is none. */
  readonly hostname: string | null
  /** What {@link FixFacts.kernel} was built from, where it tells: see {@link upstreamVersion}. */
  readonly upstream?: string
  readonly init: Init
  readonly packages: PackageManager
  /** When it is asked, Unix time in milliseconds; by the wall clock, as certificates go. */
  readonly now: number
  /** The mark that says an update waits for a reboot; null when there is none. */
  readonly reboot: RebootMark | null
}

/** All that the text of a fix may depend on besides its reason: little and plain, so that it can be written elsewhere too. */
export interface FixFacts extends Installing {
  readonly distro: Distro
  /** debian, rhel, suse, alpine, arch; null when it is of none. */
  readonly family: string | null
  /** `uname -r`; null when it could not be read. */
  readonly kernel: string | null
  /** Kubernetes' name: amd64, arm64. */
  readonly arch: string
  /** What this node is inside of, when it is a container; null when nothing says so. */
  readonly container: Container | null
}

/** What tells whether a need applies to a host. */
export type WhenFacts = Pick<FixFacts, 'distro' | 'arch' | 'kernel'> & Pick<Facts, 'upstream'>

/** `name` is the comm of the host's process 1. */
export type Init =
  | { readonly type: 'systemd' }
  | { readonly type: 'openrc' }
  | { readonly type: 'other'; readonly name: string }

/** Which package database the host has; "none" on image-based systems, "unknown" when none was found elsewhere. */
export type PackageManager = 'dpkg' | 'rpm' | 'apk' | 'pacman' | 'none' | 'unknown'

/** `image`: a whole new system image is staged; `kernel`: the kernel or a core library was updated. */
export interface RebootMark {
  readonly type: 'image' | 'kernel'
  readonly path: string
}

const osRelease = ['/etc/os-release', '/usr/lib/os-release'].map(
  (path) => ({ ask: 'read', path, limit: 65_536 }) as const,
)
const hostname = { ask: 'read', path: '/etc/hostname', limit: 65_536 } as const
const kernelRelease = { ask: 'read', path: '/proc/sys/kernel/osrelease' } as const
const initName = { ask: 'read', path: '/proc/1/comm' } as const
const openrc = { ask: 'stat', path: '/run/openrc/softlevel' } as const

/** Where rpm keeps its database: of Fedora and SUSE, of the others, and of rpm-ostree's systems. */
export const rpmFolders = ['/usr/lib/sysimage/rpm', '/var/lib/rpm', '/usr/share/rpm'] as const

const databases = [
  { manager: 'dpkg', families: ['debian', 'ubuntu'], at: { ask: 'stat', path: '/var/lib/dpkg/status' } },
  ...rpmFolders.map(
    (path) => ({ manager: 'rpm', families: ['rhel', 'fedora', 'suse'], at: { ask: 'stat', path } }) as const,
  ),
  { manager: 'apk', families: ['alpine'], at: { ask: 'stat', path: '/lib/apk/db/installed' } },
  { manager: 'pacman', families: ['arch'], at: { ask: 'stat', path: '/var/lib/pacman/local' } },
] as const

/**
 * Marks that a reboot is due: Debian's (update-notifier), SUSE's (transactional-update), rpm-ostree's.
 * https://coreos.github.io/rpm-ostree/administrator-handbook/ and transactional-update(8)
 */
const rebootMarks = [
  { type: 'image', at: { ask: 'stat', path: '/run/ostree/staged-deployment' } },
  { type: 'image', at: { ask: 'stat', path: '/run/reboot-needed' } },
  { type: 'kernel', at: { ask: 'stat', path: '/run/reboot-required' } },
] as const

export const factQuestions: readonly Question[] = [
  ...osRelease,
  hostname,
  kernelRelease,
  ...upstreamQuestions,
  initName,
  openrc,
  ...databases.map((database) => database.at),
  ...rebootMarks.map((mark) => mark.at),
  ...installerQuestions,
  ...containerQuestions,
]

/** @param arch as Node.js names it: x64, arm64. */
export function readFacts(answers: Answers, { arch, now }: { arch: string; now: number }): Facts {
  const distro = readDistro(answers)
  const upstream = upstreamVersion(answers)
  const kernel = readLine(answers, kernelRelease)
  const installing = readInstalling(answers, distro)
  return {
    hostname: readLine(answers, hostname),
    distro,
    family: familyOf(distro) ?? familyWith(installing.installer),
    ...installing,
    container: readContainer(answers, kernel),
    kernel,
    ...(upstream !== null && { upstream }),
    now,
    arch: arch === 'x64' ? 'amd64' : arch,
    init: readInit(answers),
    packages: findManager(answers, distro),
    reboot: findRebootMark(answers),
  }
}

/** Whether the facts are the same, but for the time. */
export function isSameHost(one: Facts, other: Facts): boolean {
  return isDeepStrictEqual({ ...one, now: 0 }, { ...other, now: 0 })
}

function readLine(answers: Answers, question: ReadQuestion): string | null {
  const answer = answers.of(question)
  const line = answer.fate === 'found' ? plainLine(answer.value.text) : ''
  return line === '' ? null : line
}

function readDistro(answers: Answers): Distro {
  for (const question of osRelease) {
    const answer = answers.of(question)
    if (answer.fate === 'found') return parseOsRelease(answer.value.text)
    if (answer.fate !== 'absent') return unreadDistro(`os-release: ${answer.detail}`)
  }
  return unreadDistro('no os-release')
}

function unreadDistro(why: string): Distro {
  return { id: null, like: [], version: null, variant: null, name: plainLine(`unknown (${why})`) }
}

function readInit(answers: Answers): Init {
  const comm = answers.of(initName)
  const name = plainLine(comm.fate === 'found' ? comm.value.text : `not known (${comm.detail})`)
  if (name === 'systemd') return { type: 'systemd' }
  if (answers.of(openrc).fate === 'found') return { type: 'openrc' }
  return { type: 'other', name }
}

function findManager(answers: Answers, distro: Distro): PackageManager {
  const there = databases.filter((database) => answers.of(database.at).fate === 'found')
  const names = distroNames(distro)
  const own = there.find((database) => database.families.some((family) => names.includes(family)))
  if (own) return own.manager
  if (imageDistroOf(distro) !== null) return 'none'
  return there[0]?.manager ?? 'unknown'
}

function findRebootMark(answers: Answers): RebootMark | null {
  const mark = rebootMarks.find(({ at }) => answers.of(at).fate === 'found')
  return mark ? { type: mark.type, path: mark.at.path } : null
}
