import type { Facts } from '#agent/model/facts.ts'
import type { Fix, FixByDistro } from '#agent/model/fix.ts'
import { isPrintable, plainLines } from '#agent/model/plain.ts'
import type { Installer } from './families.ts'
import { installerOf, keysFor } from './families.ts'

const install: Readonly<Record<Exclude<Installer, 'image' | 'unknown'>, (packages: string) => string>> = {
  'apt-get': (packages) => `apt-get update && apt-get install -y ${packages}`,
  dnf: (packages) => `dnf install -y ${packages}`,
  yum: (packages) => `yum install -y ${packages}`,
  zypper: (packages) => `zypper --non-interactive install ${packages}`,
  apk: (packages) => `apk add ${packages}`,
  pacman: (packages) => `pacman -S --needed --noconfirm ${packages}`,
  'rpm-ostree': (packages) => `rpm-ostree install ${packages}`,
  'transactional-update': (packages) => `transactional-update --non-interactive pkg install ${packages}`,
}

/** What a check file says for this host's distribution: its ID, then ID_LIKE, then its family, then "all". */
export function chooseFix(fix: FixByDistro, facts: Facts): Fix | null {
  const key = keysFor(facts.distro).find((name) => Object.hasOwn(fix, name))
  return key === undefined ? null : (fix[key] ?? null)
}

/** Several fixes as one: the packages in one command, nothing twice. */
export function mergeFixes(fixes: readonly Fix[]): Fix {
  const notes = unique(fixes.flatMap((fix) => fix.note ?? []))
  return {
    packages: unique(fixes.flatMap((fix) => fix.packages ?? [])),
    modules: unique(fixes.flatMap((fix) => fix.modules ?? [])),
    sysctls: Object.assign({}, ...fixes.map((fix) => fix.sysctls ?? {})),
    run: unique(fixes.flatMap((fix) => fix.run ?? [])),
    reboot: fixes.some((fix) => fix.reboot === true),
    ...(notes.length > 0 && { note: notes.join('\n') }),
  }
}

/**
 * A fix as lines for a root shell: commands, and notes as comments. null when there is nothing to say.
 * Where an installer puts packages into the next system image, a reboot comes before the services, else after all.
 */
export function renderFix(fix: Fix, facts: Facts): string | null {
  const installer = installerOf(facts.distro)
  const installed = installLines(fix.packages ?? [], installer)
  const needsBoot = installed.length > 0 && ['rpm-ostree', 'transactional-update'].includes(installer)
  const lines = [
    ...(fix.note?.split('\n') ?? []).map((line) => `# ${line}`),
    ...installed,
    ...(needsBoot ? ['systemctl reboot'] : []),
    ...(needsBoot && hasMore(fix) ? ['# after the reboot:'] : []),
    ...(fix.modules ?? []).map(loadModule),
    ...Object.entries(fix.sysctls ?? {}).map(setSysctl),
    ...(fix.run ?? []),
    ...(!needsBoot && fix.reboot === true ? ['systemctl reboot'] : []),
  ]
  return lines.length === 0 ? null : lines.flatMap(showLine).join('\n')
}

/** Whoever pastes a command must see all of it: one that holds what is not shown, as a file's name may, is left out. */
function showLine(line: string): readonly string[] {
  if (line.startsWith('#')) return [plainLines(line)]
  const parts = line.split('\n')
  return parts.every(isPrintable)
    ? parts
    : ['# A command is left out: it holds characters that cannot be shown.']
}

function installLines(packages: readonly string[], installer: Installer): string[] {
  if (packages.length === 0) return []
  if (installer === 'image')
    return [`# packages cannot be added to this system; needed: ${packages.join(', ')}`]
  if (installer === 'unknown') return [`# install with this system's package manager: ${packages.join(' ')}`]
  return [install[installer](packages.join(' '))]
}

function hasMore(fix: Fix): boolean {
  return [fix.modules, fix.run, Object.keys(fix.sysctls ?? {})].some((part) => (part?.length ?? 0) > 0)
}

function loadModule(name: string): string {
  return `modprobe ${name} && echo ${name} > /etc/modules-load.d/${name}.conf`
}

function setSysctl([key, value]: [string, string]): string {
  return `sysctl -w ${key}='${value}' && echo '${key} = ${value}' >> /etc/sysctl.d/90-hostdeps.conf`
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)]
}
