import type { Answers } from '#agent/model/answers.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'
import { verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { hasProgram, isAnyThere, isMasked } from './look.ts'
import { isSpokenOf, seesBoot, wordPattern } from './mentions.ts'
import { decidesItself } from './reach.ts'
import { isSetSomewhere, settingAtBoot, settingOfOwnFile } from './sysctl-at-boot.ts'

/** A setting that is as it should be now. */
export interface SetNow {
  readonly key: string
  /** "vm.max_map_count is 262144". */
  readonly now: string
  readonly isWrong: (value: string) => boolean
  /** What writes the value that is there now where it stays. */
  readonly fix: () => Fix
}

/**
 * Defaults that are a constant of the kernel, whatever the machine and its configuration.
 * https://docs.kernel.org/admin-guide/sysctl/ and fs/notify/inotify/inotify_user.c, mm/util.c, fs/aio.c
 */
const defaults: Readonly<Record<string, string>> = {
  'fs.aio-max-nr': '65536',
  'fs.inotify.max_queued_events': '16384',
  'fs.inotify.max_user_instances': '128',
  'vm.max_map_count': '65530',
  'vm.nr_hugepages': '0',
  'vm.nr_overcommit_hugepages': '0',
  'vm.swappiness': '60',
}

/** What kubelet, kube-proxy, networks, runtimes and firewalls set when they start, later than any file. */
const setByPrograms =
  /^(net[./](?!core[./])|vm[./](overcommit_memory|panic_on_oom)$|kernel[./](panic|panic_on_oops|keys[./]))/

const programs = [
  'kubelet',
  'k3s',
  'rke2',
  'k0s',
  'dockerd',
  'containerd',
  'crio',
  'podman',
  'libvirtd',
  'firewalld',
  'ufw',
  'NetworkManager',
  'tailscaled',
]
const programPlaces = ['/opt/cni/bin', '/snap/microk8s', '/usr/lib/cni', '/run/systemd/netif']
/** tuned sets what its profile says after all files. */
const tuned = '/etc/tuned/active_profile'

/** What a reboot makes of a setting: undone by a file that is read later, or set by none of them. */
export function sysctlAfterBoot(set: SetNow, answers: Answers, facts: Facts): Verdict | null {
  if (!decidesItself(facts)) return null
  const why = facts.init.type === 'openrc' ? openrcWhy(set, answers) : systemdWhy(set, answers, facts)
  if (why === null || isAnyThere([tuned], answers) !== false) return null
  if (setByPrograms.test(set.key) && !isLeftAlone(answers)) return null
  if (isSpokenOf(keyPattern(set.key), answers) !== false) return null
  return verdict('GoneAfterReboot', { now: set.now, why }, { genericFix: set.fix() })
}

function systemdWhy(set: SetNow, answers: Answers, { init }: Facts): string | null {
  if (init.type !== 'systemd') return null
  const setting = settingAtBoot(set.key, answers)
  if (setting === 'unknown') return null
  if (setting === 'nothing') return defaultWhy(set, answers)
  if (!set.isWrong(setting.value) || isMasked('systemd-sysctl.service', answers)) return null
  return `${setting.path}, line ${setting.line}, sets another value at boot`
}

function openrcWhy(set: SetNow, answers: Answers): string | null {
  const setting = settingOfOwnFile(set.key, answers)
  if (setting === 'unknown') return null
  if (setting === 'nothing') return defaultWhy(set, answers)
  if (!set.isWrong(setting.value)) return null
  const isRun = isAnyThere(['/etc/runlevels/boot/sysctl', '/etc/runlevels/sysinit/sysctl'], answers) === true
  return isRun ? `${setting.path}, line ${setting.line}, sets another value at boot` : null
}

/** Only of what nothing sets but a file does the kernel's own default hold. */
function defaultWhy({ key, isWrong }: SetNow, answers: Answers): string | null {
  const value = defaults[key.replaceAll('/', '.')]
  if (value === undefined || !isWrong(value) || setByPrograms.test(key)) return null
  if (isSetSomewhere(key, answers) !== false || !seesBoot(answers)) return null
  return `no file sets it, and the kernel begins with ${value}`
}

/** None of the programs that set it is here. */
function isLeftAlone(answers: Answers): boolean {
  const all = [hasProgram(programs, answers), isAnyThere(programPlaces, answers)]
  return all.every((one) => one === false)
}

function keyPattern(key: string): RegExp {
  const { source } = wordPattern(key.replaceAll('/', '.'))
  return new RegExp(source.replaceAll(String.raw`\.`, '[./]'))
}
