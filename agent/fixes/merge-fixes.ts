import type { Fix, KernelFix } from '#agent/model/fix.ts'
import { foldName } from '#agent/model/module-name.ts'

/**
 * Several fixes as one: the packages in one command, nothing twice, and what has to come first before what needs it.
 *
 * @param ofSeveral the fixes are those of several checks: packages with a note, which may first need another repository, are
 *   installed apart, so that they cannot keep the others from being installed
 */
export function mergeFixes(fixes: readonly Fix[], ofSeveral = false): Fix {
  const [apart, together] = ofSeveral ? partByNote(fixes) : [[], fixes]
  const packages = unique(together.flatMap((fix) => fix.packages ?? []))
  const notes = unique(fixes.flatMap((fix) => fix.note?.split('\n') ?? []))
  const kernel = mergeKernel(fixes.flatMap((fix) => fix.kernel ?? []))
  const without = (kernel?.without ?? []).map(foldName)
  const lacking = [...without, ...(kernel?.absent ?? []).map(foldName)]
  return {
    packages,
    packagesApart: apart.length > 0 ? packagesApart(apart, packages) : undefined,
    modules: unique(fixes.flatMap((fix) => fix.modules ?? [])).filter(
      (name) => !lacking.includes(foldName(name)),
    ),
    sysctls: mergeSysctls(fixes.flatMap((fix) => Object.entries(fix.sysctls ?? {}))),
    run: mergeRuns(fixes.flatMap((fix) => (fix.run === undefined ? [] : [fix.run]))).filter(
      (command) => !loadsOnly(without, command),
    ),
    reboot: fixes.some((fix) => fix.reboot === true),
    mayWait: fixes.filter(takesBoot).every((fix) => fix.mayWait === true),
    undoneBy: uniqueBy(
      fixes.flatMap((fix) => fix.undoneBy ?? []),
      ({ path, line }) => `${path}:${line}`,
    ),
    kernel: kernel ?? undefined,
    note: notes.length > 0 ? notes.join('\n') : undefined,
  }
}

/** It does no more than load modules, and the kernel has none of them. */
function loadsOnly(without: readonly string[], command: string): boolean {
  if (without.length === 0) return false
  const steps = command.split(/ (?:\|\||&&) /)
  return steps.every((step) => {
    const name = /^modprobe ([\w-]+)$/.exec(step)?.[1]
    return name !== undefined && without.includes(foldName(name))
  })
}

function partByNote(fixes: readonly Fix[]): [readonly Fix[], readonly Fix[]] {
  const isNoted = ({ packages = [], note }: Fix) => packages.length > 0 && note !== undefined
  return [fixes.filter(isNoted), fixes.filter((fix) => !isNoted(fix))]
}

/** Each of them once, by the first that names it. */
function packagesApart(apart: readonly Fix[], together: readonly string[]): readonly (readonly string[])[] {
  const known = new Set(together)
  const groups = apart.map(({ packages = [] }) =>
    packages.filter((name) => {
      const isNew = !known.has(name)
      known.add(name)
      return isNew
    }),
  )
  return groups.filter((group) => group.length > 0)
}

/** Packages take one only where they come with the next image. */
function takesBoot({ packages = [], reboot, kernel }: Fix): boolean {
  return reboot === true || packages.length > 0 || (kernel?.absent ?? []).length > 0
}

/** Of two numbers the greater: where values differ, each need asks for a least one. */
function mergeSysctls(entries: readonly (readonly [string, string])[]): Record<string, string> {
  if (entries.length === 0) return {}
  const merged = new Map<string, string>()
  for (const [key, value] of entries) {
    const isLess = Number(value) < Number(merged.get(key))
    if (!isLess) merged.set(key, value)
  }
  return Object.fromEntries(merged)
}

/**
 * The order within a fix stays as it is. Files come before units, and a restart that two fixes want comes once, after the files
 * of both. Of two numbers for one file (huge pages) the greater is written.
 */
function mergeRuns(runs: readonly (readonly string[])[]): readonly string[] {
  if (runs.length === 0) return []
  const [files, units] = [runs.filter((run) => !run.some(isOfUnit)), runs.filter((run) => run.some(isOfUnit))]
  const commands = keepGreatest([...files, ...units].flat())
  if (commands.length < 2) return commands
  return commands.filter((command, index) => {
    const kept = isOfUnit(command) ? commands.lastIndexOf(command) : commands.indexOf(command)
    return kept === index
  })
}

function keepGreatest(commands: readonly string[]): readonly string[] {
  const writes = commands.map((command) => /^echo (\d+) > (\S+)$/.exec(command))
  if (writes.every((write) => write === null)) return commands
  const greatest = new Map<string, number>()
  for (const [, number = '', path = ''] of writes.filter((write) => write !== null))
    greatest.set(path, Math.max(greatest.get(path) ?? 0, Number(number)))
  return commands.filter((_, index) => {
    const [, number = '', path = ''] = writes[index] ?? []
    return path === '' || greatest.get(path) === Number(number)
  })
}

function isOfUnit(command: string): boolean {
  return /^(systemctl|rc-service|rc-update) /.test(command)
}

function mergeKernel(parts: readonly KernelFix[]): KernelFix | null {
  if (parts.length === 0) return null
  return {
    absent: unique(parts.flatMap(({ absent }) => absent ?? [])),
    without: unique(parts.flatMap(({ without }) => without ?? [])),
    commandLine: unique(parts.flatMap(({ commandLine }) => commandLine ?? [])),
    ...(parts.some(({ isWithout }) => isWithout) && { isWithout: true }),
  }
}

/** A round merges hundreds of fixes, and most have one or none of a kind. */
function unique(items: readonly string[]): readonly string[] {
  return items.length < 2 ? items : [...new Set(items)]
}

function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return items.length < 2 ? items : [...new Map(items.map((item) => [keyOf(item), item])).values()]
}
