import { bootHost } from './nspawn.ts'
import type { TestHost } from './nspawn.ts'
import { rockyPackages, turnToRpm } from './rpm-host.ts'
import type { RpmPackage } from './rpm-host.ts'

/** A host of a distribution, booted from a root that the set-up made. */
export interface RealHost {
  readonly name: string
  /** The variable that tells where its root is. */
  readonly root: string
  readonly isUnified?: boolean
  readonly packages?: readonly RpmPackage[]
}

export const realHosts: readonly RealHost[] = [
  { name: 'debian12', root: 'HOSTDEPS_TEST_HOST_ROOT' },
  { name: 'debian13', root: 'HOSTDEPS_TEST_ROOT_TRIXIE' },
  // Its systemd boots with cgroup v2 alone.
  { name: 'sid', root: 'HOSTDEPS_TEST_ROOT_SID', isUnified: true },
  { name: 'rpm', root: 'HOSTDEPS_TEST_HOST_ROOT', packages: rockyPackages },
]

export async function bootReal({ name, root, isUnified = false, packages }: RealHost): Promise<TestHost> {
  const host = await bootHost(name, { lower: process.env[root], isUnified })
  if (packages !== undefined) await turnToRpm(host, packages)
  return host
}
