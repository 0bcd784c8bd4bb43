import type { Kind } from '../model/need.ts'
import { binary } from './binary.ts'
import { certificate } from './certificate.ts'
import { cgroup } from './cgroup.ts'
import { cpuFeature } from './cpu-feature.ts'
import { device } from './device.ts'
import { file } from './file.ts'
import { hugepages } from './hugepages.ts'
import { kernelCmdline } from './kernel-cmdline.ts'
import { kernelConfig } from './kernel-config.ts'
import { kernelModule } from './kernel-module.ts'
import { kernelVersion } from './kernel-version.ts'
import { lsm } from './lsm.ts'
import { mount } from './mount.ts'
import { packageNeed } from './package.ts'
import { sysctl } from './sysctl.ts'
import { unit } from './unit.ts'
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
}
