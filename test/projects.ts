import { globSync } from 'node:fs'
import { matchesGlob } from 'node:path'

/** What a test's name says of its needs; what says nothing needs nothing. */
export type Project = 'unit' | 'slow' | 'real' | 'cluster'

/** What runs one after the other. What boots hosts waits for half of its time: while it does, others of its stage run. */
export const stages: readonly (readonly Project[])[] = [
  ['unit', 'slow'],
  ['real', 'cluster'],
]

const everything = 'test/**/*.test.ts'

/**
 * `slow`: needs nothing, as a unit test does, but takes seconds; most run hostdeps as a program. `real`: a host that is booted,
 * a browser, or a minute of work. `cluster`: a control plane, and for `.nodes` also real kubelets.
 */
const patterns: Readonly<Record<Exclude<Project, 'unit'>, readonly string[]>> = {
  slow: ['test/**/*.slow.test.ts'],
  real: ['test/**/*.real.test.ts', 'test/browser/**/*.test.ts'],
  cluster: ['test/**/*.plane.test.ts', 'test/**/*.nodes.test.ts'],
}

/** As vitest wants them. */
export function globsOf(project: Project): { include: string[]; exclude: string[] } {
  if (project !== 'unit') return { include: [...patterns[project]], exclude: [] }
  return { include: [everything], exclude: Object.values(patterns).flat() }
}

/** Whether its tests boot hosts, which no unit test and no slow one does. */
export function bootsHosts(project: Project): boolean {
  return project === 'real' || project === 'cluster'
}

export function projectOf(file: string): Project {
  const isIn = (project: Project) =>
    project !== 'unit' && patterns[project].some((pattern) => matchesGlob(file, pattern))
  return stages.flat().find(isIn) ?? 'unit'
}

/** Paths from the top of the clone, sorted. */
export function allTests(): string[] {
  return globSync(everything).toSorted()
}
