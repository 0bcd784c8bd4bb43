import type { Answer, Question } from '#agent/model/question.ts'
import { mutateText, oddNumber, oddText } from './odd-texts.ts'
import type { Random } from './random.ts'

/** Any answer that a host may give to a question, of the types that our own code hands on. */
export function oddAnswer(random: Random, question: Question): Answer<unknown> {
  if (random.chance(0.3)) return oddFate(random)
  return { fate: 'found', value: values[question.ask](random) }
}

function oddFate(random: Random): Answer<never> {
  const fate = random.pick(['absent', 'absent', 'denied', 'timed-out', 'failed'] as const)
  return { fate, detail: random.pick(['', oddText(random), '/x: it is not there']) }
}

/** The fates of which none proves anything. */
export function unproven(random: Random): Answer<never> {
  return { fate: random.pick(['denied', 'timed-out', 'failed']), detail: oddText(random) }
}

const paths = ['/etc/modprobe.d/x.conf', '/lib/modules/1/modules.dep', '/etc/x', '/'] as const
const types = ['file', 'directory', 'char', 'block', 'fifo', 'socket'] as const

const values: Readonly<Record<Question['ask'], (random: Random) => unknown>> = {
  read: (random) => ({ text: lines(random) }),
  readAll: (random) => ({
    files: Array.from({ length: random.few(4) }, () => ({ path: path(random), text: lines(random) })),
    unread: Array.from({ length: random.few(2) }, () => ({ path: path(random), detail: oddText(random) })),
  }),
  list: (random) => ({ names: Array.from({ length: random.few(20) }, () => oddText(random)) }),
  stat: (random) => ({
    type: random.pick(types),
    mode: random.below(0o10000),
    uid: random.below(70_000),
    gid: random.pick([0, 65_534]),
    size: count(random),
    realPath: path(random),
  }),
  statAll: (random) => ({
    entries: Array.from({ length: random.few(6) }, () => ({
      name: oddText(random),
      type: random.pick(types),
    })),
    unread: [],
  }),
  // The folders are ours, and the name is the need's.
  which: (random) => ({ path: '/usr/sbin/x', executable: random.chance(0.7) }),
  unit: (random) => ({
    LoadState: random.pick(['loaded', 'not-found', 'masked', 'bad-setting', oddText(random)]),
    ActiveState: random.pick(['active', 'inactive', 'failed', 'activating', oddText(random)]),
    SubState: random.pick(['running', 'dead', oddText(random)]),
    UnitFileState: random.pick(['enabled', 'disabled', 'static', '', oddText(random)]),
  }),
  run: (random) => ({
    exitCode: random.pick([0, 0, 0, 1, 127, 255, null]),
    signal: random.pick([null, null, 'SIGKILL']),
    stdout: lines(random),
    stderr: random.pick(['', oddText(random)]),
    truncated: random.chance(0.1),
  }),
  space: (random) => ({
    size: count(random),
    free: count(random),
    freeForRoot: count(random),
    inodes: count(random),
    inodesFree: count(random),
  }),
  process: (random) => ({
    limits: random.pick([
      oddText(random),
      `Max open files            ${oddText(random)}       1048576    files\n`,
      'Max processes             unlimited            unlimited            processes \n',
    ]),
  }),
  port: (random) => ({
    sockets: Array.from({ length: random.few(3) }, () =>
      Array.from({ length: random.few(3) }, () => oddText(random)),
    ),
    isWhole: random.chance(0.8),
  }),
  kernelClock: (random) => ({ isSynchronized: random.chance(0.5) }),
}

function count(random: Random): number {
  return Math.max(0, Math.floor(Math.min(oddNumber(random), 2 ** 53)))
}

function path(random: Random): string {
  return random.chance(0.7) ? random.pick(paths) : `/${oddText(random)}`
}

/** What hosts say in their files, line by line. */
const seenLines = [
  'nfs 450560 2 - Live 0x0000000000000000',
  'kernel/fs/nfs/nfs.ko.xz: kernel/fs/lockd/lockd.ko.xz',
  'alias usb[9-0]* off',
  'alias fs-nfs nfs',
  'install nfs /bin/true',
  'blacklist nfs\\',
  'options nfs x=1',
  '36 35 98:0 / /var/lib/kubelet rw,noatime shared:1 - ext4 /dev/sda rw',
  '22 1 0:22 / /sys/fs/bpf rw master:2 - bpf none rw',
  'flags\t\t: fpu vmx sse4_2',
  'Features\t: fp asimd',
  'CONFIG_NFS_FS=m',
  '# CONFIG_BPF is not set',
  'CONFIG_X="a\\"b"',
  'root:x:0:0:root:/root:/bin/sh',
  'nobody:100000:65536',
  'P:nfs-utils',
  'V:1.2.3-r0',
  'Package: nfs-common',
  'Status: install ok half-configured',
  'Version: 1:1.3-2',
  'Provides: a (= 1), b',
  'nfs-utils\t1:2.5.4-27.el9',
  'multipathd v0.9.4, pkg 1.2.3-rc1',
  'cpuset cpu io memory',
  '[none] integrity confidentiality',
  'lockdown,capability,apparmor',
  '0x1002 0x15b3',
  'quiet intel_iommu=on module_blacklist=nfs,x -- y',
  'Filename\tType\tSize\tUsed\tPriority',
  '-----BEGIN CERTIFICATE-----',
  '-----END CERTIFICATE-----',
  'ID="debian"',
  'PRETTY_NAME="Debian"',
] as const

export function lines(random: Random): string {
  const list = Array.from({ length: random.few(12) }, () => random.pick([...seenLines, oddText(random)]))
  const text = `${list.join('\n')}${random.pick(['\n', '', '\n\n'])}`
  return random.chance(0.6) ? mutateText(random, text) : text
}

/** An answer of a host with some of what it says changed, or any other. */
export function mutateAnswer(random: Random, question: Question, answer: Answer<unknown>): Answer<unknown> {
  if (answer.fate !== 'found' || random.chance(0.2)) return oddAnswer(random, question)
  return { fate: 'found', value: mutateTexts(random, answer.value) }
}

/** Texts alone: that a number is one, and a list one, is for our own code to see. */
function mutateTexts(random: Random, value: unknown): unknown {
  if (typeof value === 'string') return random.chance(0.7) ? mutateText(random, value) : value
  if (typeof value === 'number') return random.chance(0.3) ? count(random) : value
  if (typeof value === 'boolean') return random.chance(0.8) ? value : !value
  if (Array.isArray(value))
    return value.filter(() => random.chance(0.95)).map((item) => mutateTexts(random, item))
  if (typeof value !== 'object' || value === null) return value
  const isClosed = (key: string) =>
    key === 'type' ||
    (key === 'path' && 'executable' in value) ||
    key === 'mode' ||
    key === 'exitCode' ||
    key === 'signal'
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, isClosed(key) ? item : mutateTexts(random, item)]),
  )
}
