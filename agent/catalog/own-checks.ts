import type { Kind } from '../model/need.ts'
import type { Path } from './document.ts'
import type { Mistake } from './mistake.ts'
import type { Reader } from './reader.ts'

/**
 * Where the content of a file may be matched by a user's own check. The prober reads as root, and whoever edits
 * the ConfigMap need not be: elsewhere existence and mode alone are told. A pattern finds out a secret letter by
 * letter, so files that may hold one (iscsid.conf has CHAP passwords, fstab those of shares) are not here.
 */
const readable = [
  '/etc/os-release',
  '/etc/modprobe.d/',
  '/etc/modules-load.d/',
  '/etc/sysctl.d/',
  '/etc/iscsi/initiatorname.iscsi',
  '/etc/multipath.conf',
  '/etc/nfsmount.conf',
  '/proc/sys/',
  '/proc/modules',
  '/proc/filesystems',
  '/proc/swaps',
  '/sys/module/',
  '/sys/kernel/',
  '/sys/fs/',
]

/** What a user's own check may not do, as mistakes of its file. Shipped checks may do all. */
export function ownCheckMistakes(
  reader: Reader,
  path: Path,
  need: { kind: Kind; spec: Record<string, unknown> },
): Mistake[] {
  const { kind, spec } = need
  if (reader.rules.origin === 'shipped') return []
  const commands = reader.rules.allowCommands ? [] : (kind.runs?.(spec) ?? [])
  const unreadable = (kind.reads?.(spec) ?? []).filter((file) => !isReadable(file))
  return [
    ...commands.map((argv) =>
      reader.yaml.mistake(
        path,
        `running ${argv.join(' ')} is refused in own checks unless the agent is started with --allow-commands`,
      ),
    ),
    ...unreadable.map((file) =>
      reader.yaml.mistake(
        path,
        `the content of ${file} may not be matched by own checks, only its existence and mode; allowed are ${readable.join(', ')}`,
      ),
    ),
  ]
}

function isReadable(file: string): boolean {
  const isPlain = file.startsWith('/') && !file.split('/').includes('..') && !/(key|secret)s?$/.test(file)
  return isPlain && readable.some((place) => (place.endsWith('/') ? file.startsWith(place) : file === place))
}
