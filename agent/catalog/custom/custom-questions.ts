import type { Question, ReadAllQuestion, ReadQuestion, RunQuestion } from '#agent/model/question.ts'
import { listAll } from '#agent/needs/package/rpm.ts'
import { tracking } from '#agent/needs/clock.ts'
import type { Rules } from './rules.ts'

/**
 * What a custom check may ask. The question itself decides, whatever kind of need asks it: a new kind cannot forget the rule,
 * and is refused until what it reads is listed here. Whoever edits the ConfigMap need not be root, but the prober is.
 *
 * - Only our own programs with our own arguments run, unless commands are allowed.
 * - Content is read only within the allow list (`beneath`), or at places that a kind reads for every check, whatever the
 *   check says.
 */
export function mayAsk(question: Question, { origin, allowCommands }: Rules): boolean {
  if (origin === 'shipped') return true
  if (question.ask === 'run') return allowCommands || isOurProgram(question)
  if (question.ask === 'read') return question.beneath !== undefined || isOurPlace(question)
  if (question.ask === 'readAll') return isOurPlace(question)
  return harmless[question.ask]
}

/** Questions whose answers disclose no content, only what exists. */
const harmless = {
  list: true,
  stat: true,
  statAll: true,
  which: true,
  space: true,
  unit: true,
  process: true,
  port: true,
  kernelClock: true,
} as const satisfies Record<Exclude<Question['ask'], 'run' | 'read' | 'readAll'>, true>

function isOurProgram({ argv }: RunQuestion): boolean {
  return [listAll, tracking].some((ours) => ours.argv.join('\0') === argv.join('\0'))
}

function isOurPlace({ path }: ReadQuestion | ReadAllQuestion): boolean {
  return ourPlaces.some((place) => place.test(path))
}

const kernel = String.raw`[^/]+`

/** What kinds of need read for every check alike. A kernel's release is the only part that the host chooses. */
const ourPlaces: readonly RegExp[] = [
  /^\/proc\/(modules|cmdline|cpuinfo|cgroups|config\.gz|version|version_signature)$/,
  /^\/proc\/(1\/mountinfo|1\/attr\/current|bus\/pci\/devices|sys\/kernel\/(osrelease|modules_disabled))$/,
  /^\/sys\/fs\/(cgroup\/(unified\/)?cgroup\.controllers|selinux\/enforce)$/,
  /^\/sys\/kernel\/(security\/lsm|mm\/transparent_hugepage\/enabled|mm\/hugepages\/hugepages-\d+kB\/(nr|free|resv|surplus|nr_overcommit)_hugepages)$/,
  /^\/sys\/module\/apparmor\/parameters\/enabled$/,
  /^\/(etc\/(passwd|subuid|subgid|nsswitch\.conf)|usr\/lib\/passwd)$/,
  /^\/(var\/lib\/dpkg\/status|lib\/apk\/db\/installed)$/,
  /^\/(etc|run|usr\/local\/lib|usr\/lib|lib)\/modprobe\.d$/,
  // Of containerd's files, which may name a registry's password, no more is told than three settings.
  /^\/(etc\/containerd(\/config\.toml|\/conf\.d|\/config\.d)?|opt\/kata\/containerd\/config\.d)$/,
  /^\/etc\/nfsmount\.conf(\.d)?$/,
  /^\/proc\/driver\/nvidia\/version$/,
  /^\/sys\/kernel\/security\/lockdown$/,
  /^\/sys\/module\/module\/parameters\/sig_enforce$/,
  /^\/etc\/multipath(\.conf|\/conf\.d|\/wwids)$/,
  new RegExp(
    `^(/run/booted-system/kernel-modules|/usr)?/lib/modules/${kernel}/modules\\.(dep|alias|builtin|builtin\\.modinfo)$`,
  ),
  new RegExp(`^(/usr)?/lib/modules/${kernel}/(build/\\.)?config$`),
  new RegExp(`^(/boot|/usr/lib/ostree-boot|/usr/lib/kernel)/config-${kernel}$`),
  new RegExp(`^/usr/src/(linux-|linux-headers-|kernels/)${kernel}/\\.config$`),
]
