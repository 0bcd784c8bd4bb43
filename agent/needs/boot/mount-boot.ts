import type { Answers } from '#agent/model/answers.ts'
import type { Facts } from '#agent/model/facts.ts'
import { verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { escapeOctal } from '#agent/needs/parts/octal-escapes.ts'
import { shellWord } from '#agent/fixes/shell-word.ts'
import { fstabEntries } from './fstab.ts'
import { isAnyThere } from './look.ts'
import { isSpokenOf, seesBoot, unitFolders } from './mentions.ts'
import { decidesItself } from './reach.ts'
import { unitName } from './swap-boot.ts'

/** A mount as it is now. */
export interface MountNow {
  readonly path: string
  readonly fstype: string
  /** The device, or the server with its path. */
  readonly source: string
  /** Something above it is an autofs. */
  readonly isAuto: boolean
}

const onDisk = /^(ext[234]|xfs|btrfs|f2fs|vfat|jfs|ntfs3?)$/
const onNetwork = /^(nfs4?|cifs|smb3|ceph)$/

/** What the system mounts by itself, and what pods are given. */
const excluded =
  /^\/($|usr($|\/)|boot|efi($|\/)|proc($|\/)|sys($|\/)|dev($|\/)|run($|\/)|var\/lib\/(kubelet|containerd|containers|docker|rancher|k0s|cni|crio|lxc|lxd|incus|machines|longhorn|rook)($|\/)|var\/snap|snap($|\/)|media($|\/))/

/** A file system that was mounted by hand is not there after a reboot: fstab and units are what mounts. */
export function mountAfterBoot(mount: MountNow, answers: Answers, facts: Facts): Verdict | null {
  const { path, fstype, source, isAuto } = mount
  const isDisk = onDisk.test(fstype) && source.startsWith('/dev/')
  if (!decidesItself(facts) || excluded.test(path) || isAuto) return null
  if ((!isDisk && !onNetwork.test(fstype)) || !seesBoot(answers)) return null
  const entries = fstabEntries(answers)
  if (entries === null || entries.some(({ point }) => clean(point) === path)) return null
  if (isAnyThere(unitPlaces(path), answers) !== false) return null
  if (isSpokenOf(pathPattern(path), answers) !== false) return null
  const now = `${path} is mounted`
  return verdict(
    'GoneAfterReboot',
    { now, why: 'neither /etc/fstab nor a unit mounts it' },
    { fix: fixOf(mount) },
  )
}

function clean(path: string): string {
  return path.replace(/(.)\/+$/, '$1')
}

/** Units of it, of administrators, of packages, and of generators. */
function unitPlaces(path: string): readonly string[] {
  const folders = [
    ...unitFolders,
    ...['.early', '', '.late'].map((part) => `/run/systemd/generator${part}`),
    '/etc/autofs',
  ]
  const name = unitName(path)
  return [
    ...folders.flatMap((folder) => ['mount', 'automount'].map((kind) => `${folder}/${name}.${kind}`)),
    '/etc/auto.master',
  ]
}

function pathPattern(path: string): RegExp {
  return new RegExp(`${RegExp.escape(path)}(?![\\w-])`)
}

function fixOf({ path, fstype, source }: MountNow) {
  const place = shellWord(path)
  const isDisk = onDisk.test(fstype)
  const from = isDisk ? `"UUID=$(findmnt -no UUID ${place})"` : fstabWord(source)
  const options = isDisk ? 'defaults,nofail 0 2' : 'defaults,nofail,_netdev 0 0'
  return {
    run: [
      `findmnt --fstab ${place} > /dev/null || printf '%s %s %s ${options}\\n' ${from} ${fstabWord(path)} ${fstype} >> /etc/fstab`,
    ],
  }
}

/** As fstab(5) writes a field, as one word of a command: a share and a path may hold what a shell would run. */
function fstabWord(text: string): string {
  return shellWord(escapeOctal(text))
}
