import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix, SysctlLine, SysctlRange } from '#agent/model/fix.ts'
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
  const range = fix.sysctlRanges?.[key]
  if (range !== undefined) return [setWithin(key, value, { range, facts })]
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

/** Only where the value is beyond the range. awk compares numbers of any size, as no shell does. */
function setWithin(
  key: string,
  value: string,
  { range, facts }: { readonly range: SysctlRange; readonly facts: FixFacts },
): string {
  const fields = value.split(/\s+/)
  const isBeyond = fields.map((_, index) => beyond(index, range))
  const isAny = isBeyond.filter((words) => words !== '').join(' || ')
  const now = `sysctl -n ${key}`
  const [text, line] =
    fields.length === 1 ? [`'${value}'`, `'${key} = ${value}'`] : ['"$value"', `"${key} = $value"`]
  const lasting = hasLostEtc(facts)
    ? inOem(`sysctl -w ${key}="${value}"`, plainName(key))
    : `echo ${line} > /etc/sysctl.d/${sysctlFile(key)}`
  // Of several values those that are good stay.
  const each = fields.map((field, index) => `(${isBeyond[index] || '1'} ? "${field}" : $${index + 1})`)
  const choosing = fields.length === 1 ? '' : `value=$(${now} | awk '{ print ${each.join(', ')} }') && `
  return `if ${now} | awk '{ exit !(${isAny}) }'; then ${choosing}sysctl -w ${key}=${text} && ${lasting}; fi`
}

function beyond(index: number, { min, max }: SysctlRange): string {
  const [least, most] = [min?.[index], max?.[index]]
  return [
    ...(least === undefined ? [] : [`$${index + 1} < ${least}`]),
    ...(most === undefined ? [] : [`$${index + 1} > ${most}`]),
  ].join(' || ')
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
