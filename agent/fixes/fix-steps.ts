import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'
import { addAbsent } from './absent-module.ts'
import { kernelInContainer, sharesKernel } from './container.ts'
import { withHeaders } from './headers.ts'
import { installLines } from './install-lines.ts'
import { changeCommandLine, otherKernel } from './kernel-line.ts'
import { loadModule, setSysctl } from './lasting-lines.ts'
import { mergeFixes } from './merge-fixes.ts'

/** One thing that a fix says: of a root shell's lines, or of what somebody has to do. */
export interface FixStep {
  /** `reboot`: the command; `rest`: what follows counts only after that reboot. */
  readonly type: 'note' | 'command' | 'reboot' | 'rest'
  /** A command may have several lines. */
  readonly text: string
}

/**
 * What is to be done, in its order. Where an installer puts packages into the next system image, a reboot comes before the
 * services, else after all.
 */
export function fixSteps(given: Fix, facts: FixFacts): readonly FixStep[] {
  const fix = fitKernel(given, facts)
  const groups = [fix.packages ?? [], ...(fix.packagesApart ?? [])].filter((group) => group.length > 0)
  const installs = [...new Set(groups.flatMap((group) => installLines(group, facts)))].map(stepOf)
  const isLayered = groups.length > 0 && bringsNextImage(facts)
  const reboot = fix.mayWait === true ? nextBoot : rebootStep(facts)
  const notes = (fix.note?.split('\n') ?? []).map((text) => ({ type: 'note', text }) as const)
  const lines = [
    ...(fix.modules ?? []).map((name) => loadModule(name, facts)),
    ...Object.entries(fix.sysctls ?? {}).flatMap((pair) => setSysctl(pair, { facts, fix })),
    ...(fix.run ?? []),
  ]
  return [
    ...(facts.installer === 'image' ? installs : []),
    ...notes,
    ...(facts.installer === 'image' ? [] : installs),
    ...(isLayered ? [reboot] : []),
    ...(isLayered && lines.length > 0 ? [rest] : []),
    ...lines.map(stepOf),
    ...(!isLayered && fix.reboot === true ? [reboot] : []),
  ]
}

const rest: FixStep = { type: 'rest', text: 'after the reboot:' }

const nextBoot: FixStep = {
  type: 'note',
  text: 'It counts from the next reboot on; nothing required waits for it.',
}

function stepOf(line: string): FixStep {
  return line.startsWith('# ') ? { type: 'note', text: line.slice(2) } : { type: 'command', text: line }
}

function rebootStep({ container, family }: FixFacts): FixStep {
  if (container === 'wsl') return { type: 'note', text: 'In Windows: wsl --shutdown, then start it again.' }
  return { type: 'reboot', text: family === 'alpine' ? 'reboot' : 'systemctl reboot' }
}

/** Whether what it installs is there only in the system that is booted next. */
export function bringsNextImage({ installer }: FixFacts): boolean {
  return installer === 'rpm-ostree' || installer === 'transactional-update'
}

/** With what only the running kernel tells in the words of other parts. */
export function fitKernel(fix: Fix, facts: FixFacts): Fix {
  if (sharesKernel(facts)) return kernelInContainer(fix, facts)
  const fitting = withHeaders(fix, facts)
  if (fitting.kernel === undefined) return fitting
  const { kernel, ...rest } = fitting
  const { absent = [], isWithout, commandLine = [] } = kernel
  const parts = [
    ...(absent.length > 0 ? [addAbsent(absent, facts)] : []),
    ...(isWithout ? [otherKernel(facts)] : []),
    ...commandLine.map((change) => changeCommandLine(change, facts)),
  ]
  return { ...mergeFixes([rest, ...parts]), packagesApart: rest.packagesApart, mayWait: rest.mayWait }
}
