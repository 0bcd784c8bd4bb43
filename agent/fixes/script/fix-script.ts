import type { Installer } from '#agent/model/installer.ts'
import { isPrintable, plainLine } from '#agent/model/plain.ts'
import type { FixStep } from '#agent/fixes/fix-steps.ts'
import { leftOut } from '#agent/fixes/render-fix.ts'
import { quoted } from '#agent/fixes/shell-word.ts'
import { dpkgGuard, helpers } from './helpers.ts'

/** What a script does on the hosts of one kind. */
export interface ScriptPart {
  /** os-release(5) ID: on another distribution it changes nothing. */
  readonly distro: string
  /** The only hosts of it that its commands are for, by name; null for all. */
  readonly hosts: readonly string[] | null
  readonly installer: Installer
  /** For whoever reads it: the hosts, and what they lack. */
  readonly about: readonly string[]
  readonly steps: readonly FixStep[]
}

export interface ScriptOptions {
  /** Of hostdeps. */
  readonly version: string
  /** Finishes an interrupted run of dpkg first. Without it, such a host is left as it is. */
  readonly repair: boolean
}

/**
 * A POSIX shell script for root that runs the commands of the parts on the hosts that they are for, one after the other, and ends at
 * the first that fails. It may be run twice, and reboots nothing. Exit code: 0 done, 1 a command failed, 2 it did nothing, and why.
 */
export function fixScript(parts: readonly ScriptPart[], { version, repair }: ScriptOptions): string {
  return [
    '#!/bin/sh',
    `# Installs what these hosts lack, by hostdeps ${version}. It may be run twice, and reboots nothing.`,
    '#',
    ...parts.flatMap(({ about }) => about.map((line) => `#   ${plainLine(line)}`)),
    '#',
    '# The commands are written as hostdeps prints them.',
    '# shellcheck disable=SC1090,SC2016,SC2046',
    '',
    helpers,
    ...(parts.some(usesApt) ? [dpkgGuard(repair)] : []),
    ...parts.map((part, index) => `fix_${index + 1}() {\n${bodyOf(part).map(indented).join('\n')}\n}\n`),
    `case "$distro $host" in`,
    ...parts.map((part, index) => `${patternOf(part)}) fix_${index + 1} ;;`),
    `*) end 2 "nothing was done: this is $distro on $host, and the script is for "${quoted(parts.map(nameOf).join('; '))} ;;`,
    'esac',
    "say 'done'",
    '',
  ].join('\n')
}

function usesApt({ installer, steps }: ScriptPart): boolean {
  return (
    installer === 'apt-get' &&
    steps.some(({ type, text }) => type === 'command' && text.includes('apt-get install'))
  )
}

function nameOf({ distro, hosts }: ScriptPart): string {
  return hosts === null ? distro : `${distro} on ${hosts.join(', ')}`
}

function patternOf({ distro, hosts }: ScriptPart): string {
  if (hosts === null) return `${quoted(`${distro} `)}*`
  return hosts.map((name) => quoted(`${distro} ${name}`)).join(' | ')
}

/** What a person has to know or to do stands before the commands: it may be a first step, or another way. */
function bodyOf(part: ScriptPart): readonly Line[] {
  const { installer, steps } = part
  const notes = steps.flatMap(({ type, text }) => (type === 'note' ? [`say ${quoted(`note: ${text}`)}`] : []))
  return [
    ...notes,
    ...(usesApt(part) ? ['check_dpkg'] : []),
    ...steps.flatMap(({ type, text }) => {
      if (type === 'command') return linesOf(text)
      return type === 'rest' ? untilBooted(installer) : []
    }),
    ...(hasRest(part) || !steps.some(({ type }) => type === 'reboot') ? [] : rebootLines(installer)),
  ]
}

function hasRest({ steps }: ScriptPart): boolean {
  return steps.some(({ type }) => type === 'rest')
}

/** A line of a part; a text in quotes may go on over several, which must not be indented. */
type Line = string | { readonly asIs: string }

/** In a shell of its own, so that nothing in it ends the script unsaid; what is exported holds for all. */
function linesOf(command: string): readonly Line[] {
  const lines = command.split('\n')
  if (!lines.every(isPrintable)) return [`say ${quoted(leftOut)}`]
  if (command.startsWith('export ')) return [command]
  const shown = lines.length === 1 ? `  ${command}` : { asIs: command }
  return [`step ${quoted(lines.join('; '))}`, '(', shown, ')', 'must $?']
}

function indented(line: Line): string {
  return typeof line === 'string' ? `  ${line}` : line.asIs
}

/** What says that the next image waits for a reboot, by what made it. */
export const marks: Partial<Record<Installer, string>> = {
  'rpm-ostree': '/run/ostree/staged-deployment',
  'transactional-update': '/run/reboot-needed',
}

/** What belongs to packages of the next image can be done only once that is booted. */
function untilBooted(installer: Installer): readonly string[] {
  return [
    `if [ -e ${marks[installer] ?? ''} ]; then`,
    "  end 0 'reboot this host, and run this again: the rest can be done only then'",
    'fi',
  ]
}

function rebootLines(installer: Installer): readonly string[] {
  const mark = marks[installer]
  const say = "say 'reboot this host when it suits you: what was done counts only then'"
  return mark === undefined ? [say] : [`if [ -e ${mark} ]; then`, `  ${say}`, 'fi']
}
