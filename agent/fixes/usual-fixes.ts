import { imageBased } from './families.ts'
import type { FixByDistro } from '../model/fix.ts'

/**
 * What mends a kind of need on each distribution, whatever check it stands in: so no check file has to say it again.
 * Sources: https://docs.fedoraproject.org/en-US/fedora/latest/system-administrators-guide/kernel-module-driver-configuration/Working_with_Kernel_Modules/
 * https://docs.siderolabs.com/talos/v1.11/reference/configuration/v1alpha1/config
 * https://bottlerocket.dev/en/os/latest/api/settings/kernel/
 * https://docs.cloud.google.com/kubernetes-engine/docs/how-to/node-system-config
 */
export function loadModule(name: string): FixByDistro {
  const modules = [name]
  const notFound = (how: string) => ({ modules, note: `If the module is not found: ${how}` })
  return {
    all: { modules },
    debian: notFound('boot a full kernel of the distribution; cloud kernels leave modules out.'),
    ubuntu: notFound('apt-get install -y linux-modules-extra-$(uname -r)'),
    rhel: notFound('dnf install -y kernel-modules-extra-$(uname -r)'),
    suse: notFound('replace kernel-default-base by kernel-default and reboot.'),
    flatcar: { modules },
    cos: {
      note: `Modules cannot be added to the image; if modprobe ${name} fails, use the Ubuntu node image.`,
    },
    talos: {
      note: `Name ${name} under machine.kernel.modules in the machine configuration; what the kernel lacks comes as a system extension.`,
    },
    bottlerocket: { note: `Set allowed = true and autoload = true in settings.kernel.modules.${name}.` },
    nixos: { note: `Add "${name}" to boot.kernelModules in the configuration, then nixos-rebuild switch.` },
  }
}

export function setSysctl(key: string, value: string): FixByDistro {
  const sysctls = { [key]: value }
  return {
    all: { sysctls },
    flatcar: { sysctls },
    cos: { note: `Set ${key} to ${value} in the node pool's linuxConfig.sysctl, where GKE knows that key.` },
    talos: { note: `Set ${key}: "${value}" under machine.sysctls in the machine configuration.` },
    bottlerocket: { note: `Set "${key}" = "${value}" in settings.kernel.sysctl.` },
    nixos: { note: `Set boot.kernel.sysctl."${key}" = "${value}"; then nixos-rebuild switch.` },
  }
}

/** For what the running kernel was built without, or is too old for. */
export const anotherKernel: FixByDistro = {
  all: { note: 'Boot a kernel of the distribution that has it; the running one does not.' },
  flatcar: { note: 'Update the image and reboot.' },
  cos: { note: 'Upgrade the node pool.' },
  talos: { note: 'Upgrade Talos.' },
  bottlerocket: { note: 'Update the image and reboot.' },
  nixos: { note: 'Set boot.kernelPackages to another kernel, nixos-rebuild boot, and reboot.' },
}

/** `change` begins with a verb: "Add x to", "Take x from". */
export function bootWith(change: string): FixByDistro {
  const grub = `${change} GRUB_CMDLINE_LINUX in /etc/default/grub`
  return {
    all: { note: `${change} the kernel's command line in the boot loader's configuration, and reboot.` },
    debian: { note: `${grub}, then update-grub and reboot.` },
    rhel: { note: `${change} the kernel's command line by grubby --update-kernel=ALL, and reboot.` },
    suse: { note: `${grub}, then update-bootloader and reboot.` },
    flatcar: { note: `${change} linux_append in /oem/grub.cfg, and reboot.` },
    cos: {
      note: `${change} the kernel's command line: a node pool cannot be told to; use the Ubuntu node image.`,
    },
    talos: {
      note: `${change} machine.install.extraKernelArgs (or the image's schematic), and upgrade the node.`,
    },
    bottlerocket: { note: `${change} settings.boot.kernel-parameters, and reboot.` },
    nixos: { note: `${change} boot.kernelParams, nixos-rebuild boot, and reboot.` },
  }
}

/** To cgroup v2 alone. https://kubernetes.io/docs/concepts/architecture/cgroups/ */
export const unify: FixByDistro = {
  all: { note: "Set systemd.unified_cgroup_hierarchy=1 on the kernel's command line and reboot." },
  alpine: { note: 'Set rc_cgroup_mode="unified" in /etc/rc.conf, rc-update add cgroups, and reboot.' },
  flatcar: { note: "Take systemd.unified_cgroup_hierarchy=0 from the kernel's command line and reboot." },
  cos: { note: "Set cgroupMode: CGROUP_MODE_V2 in the node pool's linuxConfig." },
  talos: { note: "Take talos.unified_cgroup_hierarchy=0 from the kernel's arguments and reboot." },
  bottlerocket: {
    note: 'Move to a newer variant; cgroup v2 is the default of those for Kubernetes 1.26 and later.',
  },
  nixos: {
    note: 'Take systemd.unified_cgroup_hierarchy=0 from boot.kernelParams, nixos-rebuild boot, and reboot.',
  },
}

/** https://docs.k3s.io/installation/requirements?os=pi */
export const enableControllers: FixByDistro = everywhere(
  "Take cgroup_disable= from the kernel's command line; on a Raspberry Pi add cgroup_memory=1 cgroup_enable=memory to it. Reboot.",
)

/** Where no distribution has a way of its own. */
export function everywhere(note: string): FixByDistro {
  return Object.fromEntries(['all', ...imageBased].map((key) => [key, { note }]))
}
