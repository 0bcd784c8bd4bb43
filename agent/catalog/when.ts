import { distroNames, familyOf } from '#agent/model/distro.ts'
import type { WhenFacts } from '#agent/model/facts.ts'
import type { When } from '#agent/model/need.ts'
import { isKernelIn } from '#agent/versions/kernel.ts'

/**
 * Why a need does not apply to a host; null when it does. An unknown fact (no os-release) does not match: a need for certain
 * distributions is not required of an unknown one.
 */
export function whyNot(when: When, facts: WhenFacts): string | null {
  const names = [...distroNames(facts.distro), familyOf(facts.distro)]
  if (when.os && !when.os.some((os) => names.includes(os))) return `only for ${when.os.join(', ')}`
  if (when.notOs?.some((os) => names.includes(os))) return `not for ${when.notOs.join(', ')}`
  if (when.arch && !when.arch.includes(facts.arch)) return `only for ${when.arch.join(', ')}`
  if (when.kernel !== undefined && !runsKernelIn(facts, when.kernel)) return `only for kernel ${when.kernel}`
  return null
}

function runsKernelIn({ kernel, upstream }: WhenFacts, range: string): boolean {
  return kernel !== null && isKernelIn({ named: kernel, exact: upstream ?? null }, range)
}
