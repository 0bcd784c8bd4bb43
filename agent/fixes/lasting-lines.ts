import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix, SysctlLine } from '#agent/model/fix.ts'
import { isPrintable, plainText } from '#agent/model/plain.ts'
import { hasLostEtc } from './image.ts'
import { shellWord } from './shell-word.ts'

/** Now and at each boot. Of each module a file of ours, written only once it is loaded, and whole. */
export function loadModule(name: string, facts: FixFacts): string {
  const command = `modprobe ${name}`
  if (hasLostEtc(facts)) return `${command} && ${inOem(command, name)}`
  return `${command} && echo ${name} > /etc/modules-load.d/hostdeps-${name}.conf`
}

/**
 * Now and at each boot, in a file of ours for each key. Where a later file says otherwise, its line is commented out if it
 * is the administrator's; one of a package stays, and ours comes last. systemd-sysctl(8) reads by name, over all folders.
 */
export function setSysctl(
  [key, value]: readonly [string, string],
  { facts, fix }: { facts: FixFacts; fix: Fix },
): readonly string[] {
  const name = plainName(key)
  const now = `sysctl -w ${key}='${value}'`
  if (hasLostEtc(facts)) return [`${now} && ${inOem(`sysctl -w ${key}="${value}"`, name)}`]
  const undoing = fix.undoneBy?.filter((line) => line.key === key) ?? []
  // What is in the hands of a package, or in a file of ours that is read last, stays as it is.
  const isLast = undoing.some((line) => !isOfAdmin(line) || line.path.endsWith(`/${lastFile(key)}`))
  const file = `/etc/sysctl.d/${isLast ? lastFile(key) : sysctlFile(key)}`
  const others = undoing.filter(({ path }) => path !== file)
  return [
    ...others.map(undoNote),
    `${now} && echo '${key} = ${value}' > ${shellWord(file)}`,
    ...new Set(others.filter(isOfAdmin).map(commentOut)),
  ]
}

/** The file of ours that sets a key at each boot, in /etc/sysctl.d. */
export function sysctlFile(key: string): string {
  return `90-hostdeps-${plainName(key)}.conf`
}

/** Where another file is read after that one. */
function lastFile(key: string): string {
  return `zz-hostdeps-${plainName(key)}.conf`
}

function plainName(key: string): string {
  return key.replaceAll('/', '.').replaceAll('*', '_')
}

function undoNote(line: SysctlLine): string {
  const what = isOfAdmin(line) ? 'that line is commented out here' : 'so a later file is written'
  return `# ${plainText(line.path)}:${line.line} sets ${line.spelled} = ${line.value}, which is read later at each boot: ${what}.`
}

/** A name that cannot be shown is in no command: a line break in it would begin another one. */
function isOfAdmin({ path }: SysctlLine): boolean {
  return path.startsWith('/etc/') && isPrintable(path)
}

/** The spelling of a key holds no more than word characters and . / : @ - */
function commentOut({ spelled, path }: SysctlLine): string {
  const pattern = spelled.replaceAll('.', String.raw`\.`)
  return String.raw`sed -i 's|^[[:space:]]*-\?${pattern}[[:space:]]*=|# &|' ${shellWord(path)}`
}

/** https://github.com/rancher/yip: each stage's commands are run at each boot. */
function inOem(command: string, name: string): string {
  const quoted = command.replaceAll('"', String.raw`\"`)
  return `echo 'stages: {boot: [{commands: ["${quoted}"]}]}' > /oem/90_hostdeps_${name}.yaml`
}
