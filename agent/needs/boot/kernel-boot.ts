import type { Answers } from '#agent/model/answers.ts'
import type { Facts } from '#agent/model/facts.ts'
import { verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import {
  findAliases,
  findBuiltIn,
  findBuiltInAliases,
  findBuiltInName,
  findDependencies,
} from '#agent/needs/modules/module-files.ts'
import { compareKernelVersions } from '#agent/versions/kernel.ts'
import { defaultKernel, releaseOf } from './boot-loader.ts'
import { namesIn, read } from './look.ts'
import { decidesItself } from './reach.ts'

/**
 * Another kernel that boots next, and has not the module that the running one has: the boot loader's default, or where that
 * cannot be told every newer one that has an image. `now` says how it is there now.
 */
export function kernelAfterBoot(
  { name, now }: { name: string; now: string },
  answers: Answers,
  facts: Facts,
): Verdict | null {
  const next = nextKernels(answers, facts)
  if (next.length === 0 || !next.every((release) => lacks(name, release, answers))) return null
  const [release = ''] = next
  const why =
    next.length === 1
      ? `kernel ${release}, which boots next, is without it`
      : `all newer kernels are without it: ${next.join(', ')}`
  const note = `Before the reboot, install the package of further modules of kernel ${release}, or keep ${facts.kernel} as the default.`
  return verdict('GoneAfterReboot', { now, why }, { fix: { note } })
}

/** None where the running kernel may be the next one. */
function nextKernels(answers: Answers, facts: Facts): readonly string[] {
  const { kernel } = facts
  const names = decidesItself(facts) ? namesIn('/boot', answers) : null
  if (kernel === null || names === null) return []
  const releases = names.flatMap((name) => (/^(vmlinuz|vmlinux)-/.test(name) ? (releaseOf(name) ?? []) : []))
  const others = releases.filter((release) => release !== kernel && !/rescue/.test(release))
  if (others.length === 0) return []
  const next = defaultKernel(answers)
  if (next !== null) return next === kernel ? [] : others.filter((release) => release === next)
  return others.filter((release) => compareKernelVersions(release, kernel) > 0)
}

const limit = 8 * 1024 * 1024

/** By the lists of depmod, which name all that a kernel has; what is in none of them is not there. */
function lacks(name: string, release: string, answers: Answers): boolean {
  const [files, builtIn, aliases] = ['modules.dep', 'modules.builtin', 'modules.alias'].map((list) =>
    answers.of(read(`/lib/modules/${release}/${list}`, limit)),
  )
  const info = answers.of(read(`/lib/modules/${release}/modules.builtin.modinfo`, limit))
  if (files?.fate !== 'found' || builtIn?.fate !== 'found' || aliases?.fate !== 'found') return false
  if (info.fate !== 'found' || !isWhole(files.value.text) || !isWhole(builtIn.value.text)) return false
  const isThere = findDependencies(files.value, name) !== null || findBuiltIn(builtIn.value, name)
  if (isThere || findBuiltInName(info.value, name)) return false
  return findAliases(aliases.value, name).length === 0 && findBuiltInAliases(info.value, name).length === 0
}

/** depmod leaves none of them empty, and ends each line. */
function isWhole(text: string): boolean {
  return text.trim() !== '' && text.endsWith('\n')
}
