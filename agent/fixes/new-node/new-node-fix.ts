import { mergeCandidates } from '#agent/fixes/fix-text.ts'
import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'
import { candidatesOfNew, sysctlsOfNew } from './whole-check.ts'
import type { NewNode } from './whole-check.ts'
import { sysctlRanges } from './wanted-sysctls.ts'
import { whereThere } from './where-there.ts'

/** What a node like another is known to be before it exists: which kernel it will run is not. */
export function newNodeFacts({ distro, family, ...others }: FixFacts): FixFacts {
  const like = [...new Set([...distro.like, ...(family === null ? [] : [family])])]
  return { ...others, family, distro: { ...distro, like }, kernel: null }
}

/** What makes all the checks ready on a node that has nothing of them, and may have more than any of them asks for. */
export function newNodeFix(node: NewNode): Fix | null {
  const fix = mergeCandidates(candidatesOfNew(node), node.facts, {
    ofSeveral: node.checks.length > 1,
    isNamed: node.isNamed,
  })
  if (fix === null) return null
  return { ...fix, run: fix.run?.map(whereThere), sysctlRanges: sysctlRanges(sysctlsOfNew(node)) }
}
