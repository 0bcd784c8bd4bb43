import type { Container } from '#agent/model/container.ts'
import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'

/**
 * A node that shares the kernel of the machine under it, which is closed to it. WSL's is its own; whoever boots a whole system
 * as a node in systemd-nspawn opens the machine's to it, for tests.
 */
export type Sharing = FixFacts & { readonly container: Exclude<Container, 'wsl' | 'systemd-nspawn'> }

export function sharesKernel(facts: FixFacts): facts is Sharing {
  return facts.container !== null && facts.container !== 'wsl' && facts.container !== 'systemd-nspawn'
}

/** What works on the kernel, its devices or its boot, by words of a command. Nothing in a container mends any of it. */
const ofMachine =
  /\b(modprobe|rmmod|insmod|swapoff|mkswap|iscsid?|open-iscsi|multipathd?|mpathconf|auditd|auditctl|chronyd?|rngd|systemd-(timesyncd|udevd|modules-load)|apparmor|nvidia-modprobe|update-initramfs|dracut|ubuntu-drivers|setup-devd|reboot|linux-headers\S*|kernel-\S*devel\S*)\b|\/(etc\/modprobe\.d|sys|proc\/sys)\//

/** These are each container's own, so that setting them inside holds. https://docs.kernel.org/admin-guide/sysctl/ */
const ofNamespace = /^(net[./]|kernel[./](shm|msg|sem|domainname|hostname)|fs[./]mqueue|user[./])/

const names: Readonly<Record<Sharing['container'], string>> = {
  docker: 'a container of Docker',
  podman: 'a container of Podman',
  kind: 'a container of kind',
  minikube: 'a container of minikube',
  lxc: 'a container of LXC',
  other: 'a container',
}

/** Where it can have a machine of its own, and so all of it. */
const machines = ' Use nodes that are machines, virtual or not.'
const instead: Partial<Record<Sharing['container'], string>> = {
  minikube: ' Use a driver of minikube with a virtual machine (--driver=kvm2).',
}

/** A fix without what only the machine under a container can do; a note names that. */
export function fixInContainer(fix: Fix, facts: Sharing): Fix {
  const run = fix.run ?? []
  const theirs = run.filter((command) => ofMachine.test(command))
  // What is installed for a service that cannot run here is of no use either.
  const isTheirs = theirs.length > 0
  const notes = [fix.note, isTheirs ? noteOf(theirs, fix, facts) : undefined].filter(
    (note) => note !== undefined,
  )
  return {
    ...fix,
    ...(isTheirs && {
      packages: [],
      run: run.filter((command) => !ofMachine.test(command) && !isLook(command)),
    }),
    ...(notes.length > 0 && { note: notes.join('\n') }),
  }
}

function isLook(command: string): boolean {
  return command.startsWith('journalctl ')
}

/** The kernel serves these in its first network namespace alone. https://github.com/equinixmetal-archive/csi-packet/issues/20 */
const ofFirstNamespace = /\b(iscsid?|open-iscsi|multipathd?|mpathconf)\b/

function noteOf(commands: readonly string[], { packages = [] }: Fix, facts: Sharing): string {
  const [first = ''] = commands
  const service = ofFirstNamespace.exec(first)?.[0]
  if (service !== undefined)
    return `This node is ${names[facts.container]}, and ${service} works only on a machine of its own.${instead[facts.container] ?? machines}`
  const what = packages.length > 0 ? `install ${packages.join(', ')} and run` : 'run'
  const said = commands.map((command) => command.replaceAll('\n', ' ')).join('; ')
  return machineNote(`${what} this on the machine under it: ${said}`, facts)
}

/** What a merged fix leaves for the machine: the modules, the settings of the kernel as a whole, and the boot. */
export function kernelInContainer(fix: Fix, facts: Sharing): Fix {
  const { modules = [], sysctls = {}, kernel } = fix
  const all = [...new Set([...modules, ...(kernel?.absent ?? [])])]
  const settings = Object.entries(sysctls)
  const theirs = settings.filter(([key]) => !ofNamespace.test(key))
  const notes = [
    ...(all.length > 0 ? [`load ${all.join(', ')} on the machine under it`] : []),
    ...(theirs.length > 0
      ? [`set ${theirs.map((pair) => pair.join('=')).join(', ')} on the machine under it`]
      : []),
    ...(kernel?.isWithout ? ['boot another kernel on the machine under it'] : []),
    ...(kernel?.commandLine ?? []).map(
      (change) =>
        `${change.replace(/^./, (first) => first.toLowerCase())} the kernel's command line of the machine under it`,
    ),
    ...(fix.reboot ? ['restart the machine under it'] : []),
  ]
  return {
    ...fix,
    modules: [],
    kernel: undefined,
    reboot: false,
    sysctls: Object.fromEntries(settings.filter(([key]) => ofNamespace.test(key))),
    ...(notes.length > 0 && {
      note: [...(fix.note ? [fix.note] : []), machineNote(notes.join('; '), facts)].join('\n'),
    }),
  }
}

function machineNote(what: string, { container }: Sharing): string {
  return `This node is ${names[container]}, whose kernel is another machine's: ${what}.`
}
