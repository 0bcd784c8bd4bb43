import type { FixFacts } from '#agent/model/facts.ts'
import { memoizeLast } from '#agent/model/memoize-last.ts'

/** Whose a kernel is: the distribution's own, or that of somebody whose modules none of its packages holds. */
export type KernelOrigin = { readonly type: 'distribution' } | { readonly type: 'maker'; readonly of: Maker }

export interface Maker {
  /** "NVIDIA's kernel for Jetson" */
  readonly name: string
  /** How one gets another: a sentence. */
  readonly way: string
}

const vendorSources =
  "build what is missing from the maker's sources of just this kernel, or use a newer release of theirs"

/**
 * By what `uname -r` ends in. Sources: https://github.com/canonical/microk8s/issues/2110 (tegra)
 * https://github.com/Joshua-Riek/ubuntu-rockchip/issues/209 https://github.com/microsoft/WSL2-Linux-Kernel
 * https://www.raspberrypi.com/documentation/computers/linux_kernel.html https://pve.proxmox.com/wiki/Proxmox_VE_Kernel
 * https://github.com/zabbly/linux https://xanmod.org
 */
const makers: readonly (Maker & { readonly pattern: RegExp })[] = [
  { pattern: /-tegra$/, name: "NVIDIA's kernel for Jetson", way: vendorSources },
  {
    pattern:
      /rockchip|-rk\d+|-bsp|-sunxi|-meson|-legacy-|-vendor-|-current-|-edge-|-odroid|-imx|-qcom|-visionfive|-spacemit/i,
    name: "the board maker's kernel",
    way: vendorSources,
  },
  {
    pattern: /microsoft/i,
    name: "Microsoft's kernel for WSL",
    way: 'run wsl --update in Windows, or build one and name it in .wslconfig (kernel=)',
  },
  {
    pattern: /\+rpt|-rpi-|-v[678]l?(-16k)?\+?$|^[\d.]+-2712/,
    name: "Raspberry Pi's kernel",
    way: 'update it (apt-get full-upgrade), or build one with it',
  },
  {
    pattern: /-pve$/,
    name: "Proxmox's kernel",
    way: 'update it (proxmox-kernel), or build the module for it',
  },
  {
    pattern: /linuxkit|orbstack|colima|-lima/i,
    name: 'the kernel of a virtual machine for containers',
    way: 'update what brings that machine (Docker Desktop, OrbStack), or use a machine of its own',
  },
  {
    pattern: /xanmod|liquorix|zabbly|-surface|-t2-|cachyos|-truenas|-synology|qnap/i,
    name: 'a kernel of another maker',
    way: "use one of the distribution's, or ask its maker",
  },
]

/** How kernels of a distribution's own are named, by family; of an unknown family all count as its own. */
const own: Readonly<Record<string, RegExp>> = {
  debian:
    /-\d+-(generic|server|lowlatency|oem|aws|azure|gcp|gke|gkeop|oracle|ibm|kvm|raspi\d?|nvidia|intel|realtime|fips|snapdragon|starfive|xilinx|bluefield|virtual|laptop)|-(cloud-|rt-)*(amd64|arm64|armmp|686|i386|ppc64el|powerpc64le|s390x|riscv64|loong64)/,
  rhel: /\.(el|fc|amzn|azl|cm|oc|oe|an|uek|ky|ro)\d*|el\d+uek/,
  suse: /-(default|base|azure|kvmsmall|rt|64kb|longterm|preempt)$/,
  alpine: /-(lts|virt|stable|edge|rpi\d?|grsec|hardened)$/,
  arch: /-(arch|zen|lts|hardened|rt|MANJARO|ARCH)/,
}

const other: Maker = { name: "not one of the distribution's kernels", way: vendorSources }

/** What is not known, as a name that could not be read, counts as the distribution's. */
export const originOf = memoizeLast(({ kernel, family }: FixFacts): KernelOrigin => {
  if (kernel === null) return { type: 'distribution' }
  const maker = makers.find(({ pattern }) => pattern.test(kernel))
  if (maker !== undefined) return { type: 'maker', of: maker }
  const usual = family === null ? undefined : own[family]
  const isOwn = usual === undefined || usual.test(kernel) || !/[a-z]/i.test(kernel)
  return isOwn ? { type: 'distribution' } : { type: 'maker', of: other }
})
