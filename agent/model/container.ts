import type { Answers } from './answers.ts'
import { mountinfo } from './mountinfo.ts'
import type { Question } from './question.ts'

/**
 * What runs a node that is no machine of its own: its kernel, and what belongs to that, is another machine's. `other` is a
 * container of some kind. WSL has a kernel to itself, but Windows starts and sets it up.
 */
export const containers = [
  'docker',
  'podman',
  'kind',
  'minikube',
  'lxc',
  'systemd-nspawn',
  'wsl',
  'other',
] as const

export type Container = (typeof containers)[number]

/** https://systemd.io/CONTAINER_INTERFACE/ */
const manager = { ask: 'read', path: '/run/systemd/container', limit: 65_536 } as const

/** Nodes of kind and minikube are containers of Docker or Podman, with a file of their own. /dev/lxd is in virtual machines too. */
const marks = [
  { container: 'kind', at: { ask: 'stat', path: '/kind/version' } },
  { container: 'minikube', at: { ask: 'stat', path: '/kic.txt' } },
  { container: 'docker', at: { ask: 'stat', path: '/.dockerenv' } },
  { container: 'podman', at: { ask: 'stat', path: '/run/.containerenv' } },
  { container: 'lxc', at: { ask: 'stat', path: '/dev/.lxc' } },
] as const

export const containerQuestions: readonly Question[] = [manager, ...marks.map(({ at }) => at)]

export function readContainer(answers: Answers, kernel: string | null): Container | null {
  const mark = marks.find(({ at }) => answers.of(at).fate === 'found')
  if (mark !== undefined && !hasOwnDisk(answers)) return mark.container
  const named = answers.of(manager)
  const name = named.fate === 'found' ? named.value.text.trim() : ''
  if (name !== '') return containerNamed(name)
  if (hasLxcfs(answers)) return 'lxc'
  return kernel !== null && /microsoft/i.test(kernel) ? 'wsl' : null
}

function containerNamed(name: string): Container {
  if (name === 'lxc-libvirt') return 'lxc'
  return containers.find((one) => one === name) ?? 'other'
}

/**
 * Its root is a whole disk: a machine whose disk was made from a container's image, and still has the mark of that. A container's
 * root is an overlay, or part of a file system, or a disk that Docker made for it.
 */
function hasOwnDisk(answers: Answers): boolean {
  const mounts = answers.of(mountinfo)
  if (mounts.fate !== 'found') return false
  const root = /^\d+ \d+ \S+ (\S+) \/ [^\n]* - \S+ (\S+) /m.exec(mounts.value.text)
  const [, part, source] = root ?? []
  return part === '/' && source !== undefined && /^\/dev\/(?!mapper\/docker-)/.test(source)
}

/** LXD, Incus and Proxmox put it over files of a container's /proc. https://linuxcontainers.org/lxcfs/ */
function hasLxcfs(answers: Answers): boolean {
  const mounts = answers.of(mountinfo)
  if (mounts.fate !== 'found') return false
  const { text } = mounts.value
  return text.includes(' fuse.lxcfs ') && / \/proc\/\w+ \S+[^\n]* - fuse\.lxcfs /.test(text)
}
