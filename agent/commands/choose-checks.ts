import type { Loaded } from '../catalog/load.ts'
import { didYouMean } from '../catalog/mistake.ts'
import { UsageError } from './errors.ts'

/** The checks that a command line names; none named means the published ones. */
export function chooseChecks(
  { catalog, config }: Loaded,
  names: readonly string[],
  all: boolean,
): readonly string[] {
  const known = [...catalog.keys()]
  const unknown = names.filter((name) => !catalog.has(name))
  if (unknown.length > 0) {
    const lines = unknown.map((name) => `there is no check ${name}${didYouMean(name, known)}`)
    throw new UsageError([...lines, '"hostdeps checks list" shows all'].join('\n'))
  }
  if (all) return known
  return names.length > 0 ? [...new Set(names)] : config.checks
}
