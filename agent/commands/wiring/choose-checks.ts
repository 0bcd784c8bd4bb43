import { aliasesOf } from '#agent/catalog/catalog.ts'
import type { Loaded } from '#agent/catalog/load.ts'
import { noSuchCheck } from '#agent/model/did-you-mean.ts'
import { UsageError } from './errors.ts'

/** The checks named on the command line; null without names, for those that matter on the host. */
export function chooseChecks(
  { catalog }: Loaded,
  names: readonly string[],
  isAll: boolean,
): readonly string[] | null {
  const all = [...catalog.keys()]
  const unknown = names.filter((name) => !catalog.has(name))
  if (unknown.length > 0) {
    const known = { names: all, aliases: aliasesOf(catalog) }
    const lines = unknown.map((name) => noSuchCheck(name, known))
    throw new UsageError([...lines, '"hostdeps checks list" lists all'].join('\n'))
  }
  if (isAll) return all
  return names.length > 0 ? [...new Set(names)] : null
}
