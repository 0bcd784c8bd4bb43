import type { Answers } from '#agent/model/answers.ts'
import type { Facts } from '#agent/model/facts.ts'
import { verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { parseOnce } from '#agent/needs/parts/parse-once.ts'
import type { ModuleSources } from '#agent/needs/modules/module-sources.ts'
import { fileOf } from '#agent/needs/modules/module-lookup.ts'
import { hasProgram, isAnyThere, read, readAll, textsOf } from './look.ts'
import { isSpokenOf, seesBoot, wordPattern } from './mentions.ts'
import { decidesItself } from './reach.ts'

/** What loads modules by their names at boot, or as others ask for them. */
const lists = [
  ...[
    '/etc/modules',
    '/etc/initramfs-tools/modules',
    '/etc/dracut.conf',
    '/etc/mkinitcpio.conf',
    '/etc/sysconfig/kernel',
    '/etc/rc.conf',
    '/etc/conf.d/modules',
    '/proc/cmdline',
  ].map((path) => read(path)),
  ...['/etc', '/usr/local/lib', '/usr/lib', '/lib'].map((folder) =>
    readAll(`${folder}/modules-load.d`, '.conf'),
  ),
  ...['/etc', '/usr/local/lib', '/usr/lib', '/lib'].map((folder) => readAll(`${folder}/modprobe.d`, '.conf')),
  readAll('/usr/share/initramfs-tools/modules.d', ''),
  readAll('/etc/initramfs-tools/modules.d', ''),
  readAll('/etc/dracut.conf.d', '.conf'),
  readAll('/usr/lib/dracut/dracut.conf.d', '.conf'),
  readAll('/etc/mkinitcpio.conf.d', '.conf'),
]

/** The kernel asks for these by name, or what uses them does: the device mapper, netfilter, kube-proxy, congestion control. */
const askedFor =
  /^(dm_|ip_vs|nf_|nft_|xt_|ipt_|ip6t_|ip_tables|ip6_tables|iptable|ip6table|ip_set|tcp_|nls_|crypto|overlay$|zfs$|kvm)/

/** Programs that load a module by themselves. */
const loaders: Readonly<Record<string, readonly string[]>> = {
  br_netfilter: ['dockerd', 'docker', 'k3s', 'rke2', 'k0s', 'libvirtd', 'firewalld'],
  iscsi_tcp: ['iscsiadm', 'iscsid'],
  nbd: ['nbd-client', 'qemu-nbd'],
  nvme_fabrics: ['nvme'],
  nvme_rdma: ['nvme'],
  nvme_tcp: ['nvme'],
  rbd: ['rbd'],
  vfio_pci: ['libvirtd', 'driverctl'],
  uio_pci_generic: ['driverctl', 'dpdk-devbind.py'],
}

/** What a reboot makes of a module that is loaded, and must be: gone where nothing would load it. */
export function moduleAfterBoot(
  name: string,
  { sources, answers, facts }: { sources: ModuleSources; answers: Answers; facts: Facts },
): Verdict | null {
  if (!decidesItself(facts) || !seesBoot(answers) || askedFor.test(name) || isAskedForByKernel(name, sources))
    return null
  const texts = textsOf(lists, answers)
  const pattern = wordPattern(name)
  if (texts === null || texts.some(({ text }) => pattern.test(text))) return null
  if (isSoftDependency(name, answers, facts)) return null
  const programs = loaders[name] ?? []
  if (programs.length > 0 && hasProgram(programs, answers) !== false) return null
  if (isAnyThere(['/snap/microk8s', '/etc/dpdk', '/etc/driverctl.d'], answers) !== false) return null
  if (isSpokenOf(pattern, answers) !== false) return null
  const now = `kernel module ${name} is loaded`
  const why = 'no file names it for the next boot, and nothing else loads it'
  return verdict('GoneAfterReboot', { now, why }, { genericFix: { modules: [name] } })
}

/** Not only the module's own name: others need it, or it answers to a name that the kernel, udev or a tool asks for. */
function isAskedForByKernel(name: string, sources: ModuleSources): boolean {
  const { loaded, aliases, cut } = sources
  if (loaded.fate !== 'found' || aliases.fate !== 'found' || cut !== null) return true
  if (fileOf(name, sources) === null) return true
  const [users] = new RegExp(`^${name} \\d+ \\d+ (\\S+)`, 'm').exec(loaded.value.text)?.slice(1) ?? []
  if (users !== '-') return true
  // xt_physdev asks for it by name, once, when it is loaded.
  if (name === 'br_netfilter' && /^xt_physdev /m.test(loaded.value.text)) return true
  return aliasTargets(aliases.value).has(name)
}

/** All modules with an alias beside their own name; vfio_pci's is for whoever overrides a driver by hand. */
const aliasTargets = parseOnce((text): ReadonlySet<string> => {
  const targets = new Set<string>()
  for (const [, alias = '', target = ''] of text.matchAll(/^alias (\S+) (\S+)$/gm))
    if (!alias.startsWith('vfio_pci:') && alias.replaceAll('-', '_') !== target) targets.add(target)
  return targets
})

/** Another module asks for it before or after itself. */
function isSoftDependency(name: string, answers: Answers, { kernel }: Facts): boolean {
  const places = ['/lib/modules', '/usr/lib/modules'].map((folder) =>
    read(`${folder}/${kernel}/modules.softdep`),
  )
  const texts = textsOf(places, answers)
  return texts === null || texts.some(({ text }) => wordPattern(name).test(text))
}
