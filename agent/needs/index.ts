import type { Kind } from '../model/need.ts'
import { binary } from './binary.ts'
import { certificate } from './certificate.ts'
import { cgroup } from './cgroup.ts'
import { cpuFeature } from './cpu-feature.ts'
import { clock } from './clock.ts'
import { device } from './device.ts'
import { disk } from './disk.ts'
import { file } from './file.ts'
import { hugepages } from './hugepages.ts'
import { kernelCmdline } from './kernel-cmdline.ts'
import { kernelConfig } from './kernel-config.ts'
import { kernelModule } from './kernel-module.ts'
import { kernelVersion } from './kernel-version.ts'
import { limits } from './limits.ts'
import { lsm } from './lsm.ts'
import { mount } from './mount.ts'
import { packageNeed } from './package.ts'
import { port } from './port.ts'
import { processNeed } from './process.ts'
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
  process: processNeed,
  limits,
  disk,
  port,
  clock,
}
