import { imageDistros } from '#agent/model/distro.ts'
import type { FixByDistro } from '#agent/model/fix.ts'

/**
 * What fixes a kind of need on each distribution, whatever check it stands in: so no check file has to say it again.
 * Sources: https://docs.fedoraproject.org/en-US/fedora/latest/system-administrators-guide/kernel-module-driver-configuration/Working_with_Kernel_Modules/
 * https://docs.siderolabs.com/talos/v1.11/reference/configuration/v1alpha1/config
 * https://bottlerocket.dev/en/os/latest/api/settings/kernel/
 * https://docs.cloud.google.com/kubernetes-engine/docs/how-to/node-system-config
 */
export function loadModule(name: string): FixByDistro {
  const modules = [name]
  return {
    all: { modules },
    flatcar: { modules },
    cos: {
      note: `Modules cannot be added to the image; if modprobe ${name} fails, use the Ubuntu node image.`,
    },
    talos: { note: `Name ${name} under machine.kernel.modules in the machine configuration.` },
    bottlerocket: { note: `Set allowed = true and autoload = true in settings.kernel.modules.${name}.` },
    nixos: { note: `Add "${name}" to boot.kernelModules in the configuration, then nixos-rebuild switch.` },
  }
}

/** For a module that is not there at all: the running kernel tells from where it comes, if from anywhere. */
export function addModules(names: readonly string[]): FixByDistro {
  const name = names.join(', ')
  return {
    all: { kernel: { absent: names } },
    flatcar: { note: 'Update the image and reboot; a module comes only with it or with a system extension.' },
    cos: { note: 'Modules cannot be added to the image; use the Ubuntu node image.' },
    talos: {
      note: `The kernel has no ${name}; only a system extension in the machine's image can bring it.`,
    },
    bottlerocket: {
      note: `The image's kernel has no ${name} and none can be added; use nodes of another system.`,
    },
    nixos: { note: `Name what builds ${name} in boot.extraModulePackages, nixos-rebuild boot, and reboot.` },
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

/**
 * Of the service that starts a process of its own name. `name` is that of limits.conf(5), which systemd's settings are made
 * of: https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Process%20Properties
 */
export function setLimit(process: string, name: string, value: string): FixByDistro {
  const setting = `Limit${name.toUpperCase()}=${value}`
  const folder = `/etc/systemd/system/${process}.service.d`
  const image = (who: string) => ({ note: `${process} is set up by ${who}.` })
  return {
    all: {
      run: [
        `mkdir -p ${folder}`,
        `printf '[Service]\\n${setting}\\n' > ${folder}/hostdeps-${name}.conf`,
        `systemctl daemon-reload && systemctl restart ${process}`,
      ],
    },
    alpine: { note: `Raise ${name} to ${value} by rc_ulimit in /etc/conf.d/${process}, and restart it.` },
    flatcar: { note: `Set ${setting} in a drop-in of ${process}.service.` },
    cos: image('the image; replace the node'),
    talos: image('Talos; upgrade the node'),
    bottlerocket: { note: 'Set it in settings.oci-defaults.resource-limits.' },
    nixos: {
      note: `Set systemd.services.${process}.serviceConfig.Limit${name.toUpperCase()} = "${value}"; then nixos-rebuild switch.`,
    },
  }
}

/** For what the running kernel was built without, or is too old for. */
export const anotherKernel: FixByDistro = {
  all: { kernel: { isWithout: true } },
  flatcar: { note: 'Update the image and reboot.' },
  cos: { note: 'Upgrade the node pool.' },
  talos: { note: 'Upgrade Talos.' },
  bottlerocket: { note: 'Update the image and reboot.' },
  nixos: { note: 'Set boot.kernelPackages to another kernel, nixos-rebuild boot, and reboot.' },
}

/** For a kernel that is known to be bad, whose neighbours are not. */
export const fixedKernel: FixByDistro = {
  all: { note: 'Update the kernel and reboot: this very version is known to be bad.' },
  flatcar: { note: 'Update the image and reboot: this very kernel is known to be bad.' },
  cos: { note: 'Upgrade the node pool: this very kernel is known to be bad.' },
  talos: { note: 'Upgrade Talos: this very kernel is known to be bad.' },
  bottlerocket: { note: 'Update the image and reboot: this very kernel is known to be bad.' },
  nixos: {
    note: 'Update the channel or set boot.kernelPackages to another kernel, nixos-rebuild boot, and reboot: this very one is known to be bad.',
  },
}

/** The kernel and its boot loader tell how. `change` begins with a verb: "Add x to", "Take x from". */
export function bootWith(change: string): FixByDistro {
  return {
    all: { kernel: { commandLine: [change] } },
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

/** systemd mounts them by itself. https://wiki.alpinelinux.org/wiki/OpenRC */
export const mountCgroups: FixByDistro = {
  ...everywhere('Have cgroups mounted at the start of the system, as systemd does by itself; then reboot.'),
  alpine: { note: 'Set rc_cgroup_mode="unified" in /etc/rc.conf, rc-update add cgroups, and reboot.' },
}

/** Where no distribution has a way of its own. */
export function everywhere(note: string): FixByDistro {
  return Object.fromEntries(['all', ...imageDistros].map((key) => [key, { note }]))
}
