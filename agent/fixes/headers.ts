import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'
import { originOf } from './kernels.ts'

/** A distribution's package of the running kernel, as a check file writes it. */
const ofRunning = /-\$\(uname -r\)$/

/**
 * A maker's kernel has none of the distribution's packages. https://pve.proxmox.com/wiki/Proxmox_VE_Kernel
 * https://www.raspberrypi.com/documentation/computers/linux_kernel.html (its headers are named as Debian's)
 */
export function withHeaders(fix: Fix, facts: FixFacts): Fix {
  const packages = fix.packages ?? []
  const origin = originOf(facts)
  if (origin.type === 'distribution' || !packages.some((name) => ofRunning.test(name))) return fix
  const kernel = facts.kernel ?? ''
  if (/\+rpt/.test(kernel)) return fix
  if (kernel.endsWith('-pve')) return { ...fix, packages: packages.map(ofProxmox) }
  const note = `This is ${origin.of.name}: what belongs to it comes from its maker, not from the distribution.`
  return {
    ...fix,
    packages: packages.filter((name) => !ofRunning.test(name)),
    note: [...(fix.note === undefined ? [] : [fix.note]), note].join('\n'),
  }
}

function ofProxmox(name: string): string {
  return name.replace(/^linux-headers-/, 'proxmox-headers-')
}
