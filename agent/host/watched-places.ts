import { rpmFolders } from '#agent/model/facts.ts'
import { hostPath } from '#agent/host/files/host-path.ts'

/** Units that come and go with each pod; no round is made for them. */
export const ofPods = /\.(scope|slice|mount)$/

/** Folders of a host in which a change may turn a finding. */
export const watchedPlaces: readonly string[] = [
  // Package databases; their files are replaced by rename, so the folders are watched.
  '/var/lib/dpkg',
  ...rpmFolders,
  '/lib/apk/db',
  '/var/lib/pacman/local',
  // Units: their files, and a link for each service that runs.
  '/etc/systemd/system',
  '/etc/systemd/system/multi-user.target.wants',
  '/usr/lib/systemd/system',
  '/run/systemd/system',
  '/run/systemd/units',
  '/run/openrc/started',
  // Modules and settings.
  '/etc/modprobe.d',
  '/etc/modules-load.d',
  '/etc/sysctl.d',
  '/lib/modules',
  '/etc/iscsi',
  ...hostPath,
]
