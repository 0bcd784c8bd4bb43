import { globSync } from 'node:fs'
import { matchesGlob } from 'node:path'

/** What a test's name says of its needs; what says nothing needs nothing. */
export type Project = 'unit' | 'real' | 'cluster'

/** What runs one after the other. What boots hosts waits for half of its time: while it does, others of its stage run. */
export const stages: readonly (readonly Project[])[] = [['unit'], ['real', 'cluster']]

const everything = 'test/**/*.test.ts'

/**
 * `real`: a host that is booted, a browser, or a minute of work. `cluster`: a control plane, and for `.nodes` also real
 * kubelets.
 */
const patterns: Readonly<Record<Exclude<Project, 'unit'>, readonly string[]>> = {
  real: ['test/**/*.real.test.ts', 'test/browser/**/*.test.ts'],
  cluster: ['test/**/*.plane.test.ts', 'test/**/*.nodes.test.ts'],
}

/** As vitest wants them. */
export function globsOf(project: Project): { include: string[]; exclude: string[] } {
  if (project !== 'unit') return { include: [...patterns[project]], exclude: [] }
  return { include: [everything], exclude: Object.values(patterns).flat() }
}

export function projectOf(file: string): Project {
  const { real, cluster } = patterns
  if (real.some((pattern) => matchesGlob(file, pattern))) return 'real'
  return cluster.some((pattern) => matchesGlob(file, pattern)) ? 'cluster' : 'unit'
}

/** Paths from the top of the clone, sorted. */
export function allTests(): string[] {
  return globSync(everything).toSorted()
}
