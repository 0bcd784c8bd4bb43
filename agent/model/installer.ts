import type { Answers } from './answers.ts'
import { familyOf, imageDistroOf, imageDistros } from './distro.ts'
import type { Distro } from './distro.ts'
import { mountinfo } from './mountinfo.ts'
import type { Question, StatQuestion, WhichQuestion } from './question.ts'

/** What adds packages to a host; `image`: nothing does, they come with the image that it boots. */
export type Installer = (typeof installers)[number]

/** In the order in which one is taken where os-release does not tell which it is. */
const programs = [
  'rpm-ostree',
  'transactional-update',
  'apt-get',
  'dnf',
  'tdnf',
  'yum',
  'zypper',
  'apk',
  'pacman',
] as const

type Program = (typeof programs)[number]

export const installers = [...programs, 'image', 'unknown'] as const

/**
 * Whose hands the system is in where the host itself is one image, or is built from one:
 *
 * - a distribution of {@link imageDistros}, for which fixes of its own are written;
 * - `elemental`, `harvester`, `kairos`: /etc is made anew at each boot, and files in /oem add to it;
 * - `machine-config`: OpenShift's operator sets the node up; /etc is kept;
 * - `bootc`: packages come with a container image; /etc is kept;
 * - `read-only`: /usr cannot be written, and nothing there could add to it.
 */
export const imageKinds = [
  ...imageDistros,
  'elemental',
  'harvester',
  'kairos',
  'machine-config',
  'bootc',
  'read-only',
] as const

export type ImageBased = (typeof imageKinds)[number]

export interface Installing {
  readonly installer: Installer
  readonly imageBased: ImageBased | null
}

const stat = (path: string): StatQuestion => ({ ask: 'stat', path })

const paths = Object.fromEntries(
  [...programs, 'bootc' as const].map((name) => [name, { ask: 'which', name }]),
) as Readonly<Record<Program | 'bootc', WhichQuestion>>

/** https://ostreedev.github.io/ostree/introduction/ and https://github.com/rancher/elemental-toolkit (its immutable root) */
const ostree = stat('/run/ostree-booted')
const machineConfig = stat('/etc/machine-config-daemon')
const elementalMarks = ['/run/elemental', '/run/cos', '/etc/elemental'].map(stat)
const harvesterMark = stat('/etc/harvester-release.yaml')
const kairosMark = stat('/etc/kairos-release')

export const installerQuestions: readonly Question[] = [
  ...Object.values(paths),
  ostree,
  machineConfig,
  ...elementalMarks,
  harvesterMark,
  kairosMark,
  mountinfo,
]

/** By what is proven of the host; where nothing is, as its distribution usually does. */
export function readInstalling(answers: Answers, distro: Distro): Installing {
  const image = imageOf(answers, distro)
  if (image !== null) return { installer: 'image', imageBased: image }
  const usual = usualInstaller(distro, has(answers, ostree))
  const installer = presentInstaller(answers, usual)
  return { installer, imageBased: installer === 'image' ? 'read-only' : null }
}

function imageOf(answers: Answers, distro: Distro): ImageBased | null {
  const own = imageDistroOf(distro)
  if (own !== null) return own
  const words = `${distro.id} ${distro.variant} ${distro.name}`
  if (has(answers, harvesterMark) || /harvester/i.test(words)) return 'harvester'
  if (has(answers, kairosMark) || /kairos/i.test(words)) return 'kairos'
  const isElemental = /elemental|sle-micro-rancher/i.test(words)
  if (isElemental || elementalMarks.some((mark) => has(answers, mark))) return 'elemental'
  if (has(answers, machineConfig) || distro.id === 'rhcos' || distro.id === 'scos') return 'machine-config'
  return isBootc(answers, distro) ? 'bootc' : null
}

/** Fedora CoreOS and the like have bootc too, and still document rpm-ostree for what is added to a node. */
function isBootc(answers: Answers, distro: Distro): boolean {
  if (!has(answers, ostree) || !has(answers, paths.bootc)) return false
  return !isOstreeVariant(distro) || isAbsent(answers, paths['rpm-ostree'])
}

/**
 * That one is missing is proven only by a PATH on which it is not: then another of the same family's does it, if there is one.
 * What cannot be written takes nothing but what builds the next system beside this one.
 */
function presentInstaller(answers: Answers, usual: Program | null): Installer {
  const isSealed = has(answers, ostree) || hasReadOnlyUsr(answers)
  if (usual !== null && !isAbsent(answers, paths[usual]) && (layering.includes(usual) || !isSealed))
    return usual
  const fitting = (isSealed ? layering : programs).filter(
    (name) => usual === null || familiesOf[name] === familiesOf[usual],
  )
  const other = fitting.find((name) => has(answers, paths[name]))
  if (other !== undefined) return other
  return isSealed || (usual !== null && layering.includes(usual)) ? 'image' : (usual ?? 'unknown')
}

const layering: readonly Program[] = ['rpm-ostree', 'transactional-update']

function usualInstaller(distro: Distro, isOstree: boolean): Program | null {
  if (isOstree) return 'rpm-ostree'
  switch (familyOf(distro)) {
    case 'debian':
      return 'apt-get'
    case 'rhel':
      return rhelInstaller(distro)
    case 'suse':
      return isTransactional(distro) ? 'transactional-update' : 'zypper'
    case 'alpine':
      return 'apk'
    case 'arch':
      return 'pacman'
    default:
      return null
  }
}

/** Whose packages a system has that is of no family we know: their names go with the installer. */
export function familyWith(installer: Installer): string | null {
  return familiesOf[installer] ?? null
}

const familiesOf: Partial<Record<Installer, string>> = {
  'apt-get': 'debian',
  dnf: 'rhel',
  tdnf: 'rhel',
  yum: 'rhel',
  'rpm-ostree': 'rhel',
  zypper: 'suse',
  'transactional-update': 'suse',
  apk: 'alpine',
  pacman: 'arch',
}

/** Version 7 and Amazon Linux 2 have no dnf; Azure Linux has tdnf, to which its yum is a link. */
function rhelInstaller(distro: Distro): Program {
  if (isOstreeVariant(distro)) return 'rpm-ostree'
  if (distro.id === 'azurelinux' || distro.id === 'mariner') return 'yum'
  const major = Number.parseInt(distro.version ?? '', 10)
  const isOld = distro.id === 'amzn' ? major === 2 : distro.id !== 'fedora' && major <= 7
  return isOld ? 'yum' : 'dnf'
}

/** Fedora CoreOS, Silverblue and IoT are rpm-ostree systems. */
function isOstreeVariant({ variant }: Distro): boolean {
  return variant !== null && ['coreos', 'iot', 'silverblue', 'kinoite', 'atomic.host'].includes(variant)
}

/** SUSE Linux Micro 6.2 and later is ID=sles: https://github.com/rancherlabs/support-tools/pull/476 */
function isTransactional({ id, variant, name }: Distro): boolean {
  return /micro|transactional/i.test(`${id} ${variant}`) || /\bMicro\b/.test(name)
}

/** By the last mount at /usr, or else at the root. https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
function hasReadOnlyUsr(answers: Answers): boolean {
  const answer = answers.of(mountinfo)
  if (answer.fate !== 'found') return false
  const options = new Map<string, string>()
  for (const [, point = '', words = ''] of answer.value.text.matchAll(/^(?:\S+ ){4}(\/(?:usr)?) (\S+)/gm))
    options.set(point, words)
  return /^ro\b/.test(options.get('/usr') ?? options.get('/') ?? '')
}

function has(answers: Answers, question: StatQuestion | WhichQuestion): boolean {
  return answers.of(question).fate === 'found'
}

function isAbsent(answers: Answers, question: WhichQuestion): boolean {
  return answers.of(question).fate === 'absent'
}
