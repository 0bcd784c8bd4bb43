import { aliasesOf } from '#agent/catalog/catalog.ts'
import type { Catalog } from '#agent/catalog/catalog.ts'
import { load } from '#agent/catalog/load.ts'
import { noSuchCheck } from '#agent/model/did-you-mean.ts'
import type { ClusterNode } from '#agent/node/cluster-api.ts'
import { labelledChecks } from '#agent/node/state-on-node.ts'
import { UsageError } from '#agent/commands/wiring/errors.ts'

/** The checks that come with this program; those that somebody wrote are known only to the agents. */
export function shippedCatalog(): Catalog {
  return load({ config: null, allowCommands: false }).catalog
}

/** What somebody may have meant by the name of a check that is not shipped; null when it is. */
export function nearCheck(name: string): string | null {
  const catalog = shippedCatalog()
  if (catalog.has(name)) return null
  return noSuchCheck(name, { names: [...catalog.keys()], aliases: aliasesOf(catalog) })
}

/** Refuses the name of a check that is not shipped and of which no Node says anything. */
export function mustKnow(names: readonly string[], catalog: Catalog, nodes: readonly ClusterNode[]): void {
  const strange = names.filter((name) => !catalog.has(name))
  if (strange.length === 0) return
  const said = new Set(nodes.flatMap(labelledChecks))
  const known = { names: [...new Set([...catalog.keys(), ...said])], aliases: aliasesOf(catalog) }
  const unknown = strange.filter((name) => !said.has(name))
  if (unknown.length > 0) throw new UsageError(unknown.map((name) => noSuchCheck(name, known)).join('\n'))
}
