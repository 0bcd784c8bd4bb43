import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'
import { originOf } from './kernels.ts'

/** For what the running kernel was built without, or is too old for. */
export function otherKernel(facts: FixFacts): Fix {
  const origin = originOf(facts)
  if (origin.type === 'distribution')
    return { note: 'Boot a kernel of the distribution that has it; no package adds it to the running one.' }
  const { name, way } = origin.of
  return { note: `This is ${name}, and no package adds to it what it was built without: ${way}.` }
}

/**
 * Where a host's kernel command line is written. Sources: https://coreos.github.io/rpm-ostree/man/rpm-ostree.1
 * https://bootc-dev.github.io/bootc/building/kernel-arguments.html https://learn.microsoft.com/windows/wsl/wsl-config
 * https://www.raspberrypi.com/documentation/computers/configuration.html https://pve.proxmox.com/wiki/Host_Bootloader
 *
 * @param change begins with a verb: "Add x to", "Take x from"
 */
export function changeCommandLine(change: string, facts: FixFacts): Fix {
  return { note: lineOf(change, facts) }
}

function lineOf(change: string, facts: FixFacts): string {
  const kernel = facts.kernel ?? ''
  if (facts.container === 'wsl')
    return `${change} kernelCommandLine= in .wslconfig in Windows, then wsl --shutdown.`
  if (facts.imageBased !== null) return ofImage(change, facts)
  if (facts.installer === 'rpm-ostree')
    return `${change} the kernel's command line by ${kargs(change)}, and reboot.`
  if (kernel.endsWith('-tegra')) return `${change} APPEND in /boot/extlinux/extlinux.conf, and reboot.`
  if (/raspi|rpi|\+rpt|-v[678]l?\+?$/.test(kernel))
    return `${change} the one line of /boot/firmware/cmdline.txt (/boot/cmdline.txt on older systems), and reboot.`
  return ofBootLoader(change, facts)
}

function ofBootLoader(change: string, { family, installer, kernel }: FixFacts): string {
  const grub = `${change} GRUB_CMDLINE_LINUX in /etc/default/grub`
  if (kernel?.endsWith('-pve'))
    return `${grub} (or /etc/kernel/cmdline where systemd-boot starts it), then proxmox-boot-tool refresh, and reboot.`
  if (installer === 'transactional-update') return `${grub}, then transactional-update grub.cfg, and reboot.`
  if (family === 'debian') return `${grub}, then update-grub and reboot.`
  if (family === 'rhel')
    return `${change} the kernel's command line by grubby --update-kernel=ALL, and reboot.`
  if (family === 'suse') return `${grub}, then update-bootloader and reboot.`
  return `${change} the kernel's command line in the boot loader's configuration, and reboot.`
}

function ofImage(change: string, { imageBased }: FixFacts): string {
  switch (imageBased) {
    case 'machine-config':
      return `${change} kernelArguments in a MachineConfig of the node's pool.`
    case 'bootc':
      return `${change} a file of /usr/lib/bootc/kargs.d in the image, then bootc upgrade and reboot.`
    default:
      return `${change} the kernel's command line where the image is made or installed (extra_cmdline), and reboot.`
  }
}

function kargs(change: string): string {
  const [, verb, words = ''] = /^(Add|Take) (.+) (?:to|from)$/.exec(change) ?? []
  const option = verb === 'Take' ? '--delete-if-present' : '--append-if-missing'
  return ['rpm-ostree kargs', ...words.split(' ').map((word) => `${option}=${word}`)].join(' ')
}
