import type { Kind } from '#agent/model/need.ts'
import { binary } from './binary.ts'
import { certificate } from '#agent/needs/places/certificate.ts'
import { cgroup } from './cgroup.ts'
import { containerdConfig } from '#agent/needs/containerd/containerd-config.ts'
import { cpuFeature } from './cpu-feature.ts'
import { clock } from './clock.ts'
import { device } from '#agent/needs/places/device.ts'
import { disk } from '#agent/needs/places/disk.ts'
import { file } from '#agent/needs/places/file.ts'
import { hugepages } from './hugepages.ts'
import { kernelCmdline } from '#agent/needs/kernel/kernel-cmdline.ts'
import { kernelConfig } from '#agent/needs/kernel/kernel-config.ts'
import { kernelModule } from '#agent/needs/kernel/kernel-module.ts'
import { kernelVersion } from '#agent/needs/kernel/kernel-version.ts'
import { limits } from './limits.ts'
import { lsm } from './lsm.ts'
import { mount } from '#agent/needs/places/mount.ts'
import { multipathConf } from '#agent/needs/multipath/multipath-conf.ts'
import { nfsMount } from './nfs-mount.ts'
import { nvidiaDriver } from './nvidia-driver.ts'
import { packageNeed } from '#agent/needs/package/package.ts'
import { port } from './port.ts'
import { processNeed } from './process.ts'
import { sysctl } from '#agent/needs/kernel/sysctl.ts'
import { unit } from '#agent/needs/unit/unit.ts'
import { user } from './user.ts'

/** Every kind of need there is, by its key in a check file. */
export const kinds: Readonly<Record<string, Kind>> = {
  binary,
  package: packageNeed,
  kernelModule,
  kernelConfig,
  kernelVersion,
  kernelCmdline,
  unit,
  sysctl,
  file,
  mount,
  device,
  hugepages,
  cpuFeature,
  cgroup,
  lsm,
  user,
  certificate,
  process: processNeed,
  limits,
  disk,
  port,
  clock,
  multipathConf,
  containerdConfig,
  nfsMount,
  nvidiaDriver,
}
