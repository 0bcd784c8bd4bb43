import { rpmFolders } from '#agent/model/facts.ts'
import { hostPath } from '#agent/host/files/host-path.ts'

/** Units that come and go with each pod; they trigger no round. */
export const ofPods = /\.(scope|slice|mount)$/

/** Where the kubelet makes a link for each attempt of a container. */
export const containerLinks = '/var/log/containers'

/** Folders of a host in which a change may change a finding. */
export const watchedPlaces: readonly string[] = [
  // Package databases. Their files are replaced by rename, so we watch the folders.
  '/var/lib/dpkg',
  ...rpmFolders,
  '/lib/apk/db',
  '/var/lib/pacman/local',
  // Units: their files, and one link for each running service.
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
