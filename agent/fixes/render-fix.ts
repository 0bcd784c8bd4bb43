import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix, FixByDistro, KernelFix } from '#agent/model/fix.ts'
import { isPrintable, plainLines } from '#agent/model/plain.ts'
import { addAbsent } from './absent-module.ts'
import { kernelInContainer, sharesKernel } from './container.ts'
import { keysFor } from './families.ts'
import { withHeaders } from './headers.ts'
import { installLines } from './install-lines.ts'
import { changeCommandLine, otherKernel } from './kernel-line.ts'
import { loadModule, setSysctl } from './lasting-lines.ts'

/** What a check file says for this host's distribution: its ID, then ID_LIKE, then its family, then "all". */
export function chooseFix(fix: FixByDistro, facts: FixFacts): Fix | null {
  const key = keysFor(facts).find((name) => Object.hasOwn(fix, name))
  return key === undefined ? null : (fix[key] ?? null)
}

/** Several fixes as one: the packages in one command, nothing twice. */
export function mergeFixes(fixes: readonly Fix[]): Fix {
  const notes = unique(fixes.flatMap((fix) => fix.note?.split('\n') ?? []))
  const kernel = mergeKernel(fixes.flatMap((fix) => fix.kernel ?? []))
  const without = (kernel?.without ?? []).map(foldName)
  const lacking = [...without, ...(kernel?.absent ?? []).map(foldName)]
  return {
    packages: unique(fixes.flatMap((fix) => fix.packages ?? [])),
    modules: unique(fixes.flatMap((fix) => fix.modules ?? [])).filter(
      (name) => !lacking.includes(foldName(name)),
    ),
    sysctls: Object.assign({}, ...fixes.map((fix) => fix.sysctls ?? {})),
    run: unique(fixes.flatMap((fix) => fix.run ?? [])).filter((command) => !loadsOnly(without, command)),
    reboot: fixes.some((fix) => fix.reboot === true),
    mayWait: fixes.filter(takesBoot).every((fix) => fix.mayWait === true),
    undoneBy: fixes.flatMap((fix) => fix.undoneBy ?? []),
    ...(kernel !== null && { kernel }),
    ...(notes.length > 0 && { note: notes.join('\n') }),
  }
}

/** It does no more than load modules, and the kernel has none of them. */
function loadsOnly(without: readonly string[], command: string): boolean {
  const steps = command.split(/ (?:\|\||&&) /)
  return steps.every((step) => {
    const name = /^modprobe ([\w-]+)$/.exec(step)?.[1]
    return name !== undefined && without.includes(foldName(name))
  })
}

/** `-` and `_` are the same in a module's name. */
function foldName(name: string): string {
  return name.replaceAll('-', '_')
}

/** Packages take one only where they come with the next image. */
function takesBoot({ packages = [], reboot, kernel }: Fix): boolean {
  return reboot === true || packages.length > 0 || (kernel?.absent ?? []).length > 0
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

/**
 * A fix as lines for a root shell: commands, and notes as comments. null when there is nothing to say.
 * Where an installer puts packages into the next system image, a reboot comes before the services, else after all.
 */
export function renderFix(given: Fix, facts: FixFacts): string | null {
  const fix = fitKernel(given, facts)
  const packages = fix.packages ?? []
  const isLayered = packages.length > 0 && ['rpm-ostree', 'transactional-update'].includes(facts.installer)
  const reboot = fix.mayWait === true ? nextBoot : rebootLine(facts)
  const lines = [
    ...(facts.installer === 'image' ? installLines(packages, facts) : []),
    ...(fix.note?.split('\n') ?? []).map((line) => `# ${line}`),
    ...(facts.installer === 'image' ? [] : installLines(packages, facts)),
    ...(isLayered ? [reboot] : []),
    ...(isLayered && hasMore(fix) ? ['# after the reboot:'] : []),
    ...(fix.modules ?? []).map((name) => loadModule(name, facts)),
    ...Object.entries(fix.sysctls ?? {}).flatMap((pair) => setSysctl(pair, { facts, fix })),
    ...(fix.run ?? []),
    ...(!isLayered && fix.reboot === true ? [reboot] : []),
  ]
  return lines.length === 0 ? null : lines.flatMap(showLine).join('\n')
}

const nextBoot = '# It counts from the next reboot on; nothing required waits for it.'

function rebootLine({ container, family }: FixFacts): string {
  if (container === 'wsl') return '# In Windows: wsl --shutdown, then start it again.'
  return family === 'alpine' ? 'reboot' : 'systemctl reboot'
}

/** With what only the running kernel tells in the words of other parts. */
function fitKernel(fix: Fix, facts: FixFacts): Fix {
  if (sharesKernel(facts)) return kernelInContainer(fix, facts)
  const { kernel, ...rest } = withHeaders(fix, facts)
  if (kernel === undefined) return rest
  const { absent = [], isWithout, commandLine = [] } = kernel
  const parts = [
    ...(absent.length > 0 ? [addAbsent(absent, facts)] : []),
    ...(isWithout ? [otherKernel(facts)] : []),
    ...commandLine.map((change) => changeCommandLine(change, facts)),
  ]
  return { ...mergeFixes([rest, ...parts]), mayWait: rest.mayWait }
}

/** Whoever pastes a command must see all of it: one that holds what is not shown, as a file's name may, is left out. */
function showLine(line: string): readonly string[] {
  if (line.startsWith('#')) return [plainLines(line)]
  const parts = line.split('\n')
  return parts.every(isPrintable)
    ? parts
    : ['# A command is left out: it holds characters that cannot be shown.']
}

function hasMore(fix: Fix): boolean {
  return [fix.modules, fix.run, Object.keys(fix.sysctls ?? {})].some((part) => (part?.length ?? 0) > 0)
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)]
}
