import { kubectlFlags } from '#agent/commands/wiring/cluster/kubectl-flags.ts'
import { findEvidence } from '#agent/cluster/suggest/evidence.ts'
import type { SuggestFormat } from '#agent/cluster/suggest/format-names.ts'
import { suggestFormats } from '#agent/cluster/suggest/formats.ts'
import { publishedOn } from '#agent/cluster/suggest/published.ts'
import type { Published } from '#agent/cluster/suggest/published.ts'
import { patchCommand } from '#agent/cluster/suggest/patch-command.ts'
import { suggest } from '#agent/cluster/suggest/suggest.ts'
import type { Suggestions } from '#agent/cluster/suggest/suggest.ts'
import { defaultConfig } from '#agent/catalog/config.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { ClusterFlags } from '#agent/commands/wiring/cluster/cluster-flags.ts'
import { configWith } from './config-with.ts'
import { findConfig } from './find-config.ts'
import type { FoundConfig } from './find-config.ts'
import { shippedCatalog } from '#agent/commands/wiring/cluster/known-checks.ts'
import { withProgress } from '#agent/commands/wiring/progress.ts'
import { readSources } from './read-sources.ts'
import type { Asked } from './read-sources.ts'

export interface SuggestFlags extends ClusterFlags {
  readonly namespace?: string
  readonly output: SuggestFormat
}

/** Prints what to publish; what could not be read is said on stderr. */
export async function showSuggestions(api: Asked, flags: SuggestFlags): Promise<void> {
  const asked = readSources(api)
  // Meanwhile the answers come.
  const catalog = shippedCatalog()
  const { sources, refused } = await withProgress('asking the API server', asked)
  const config = await findConfig(api, sources.pods, flags.namespace ?? null)
  for (const line of [...refused, ...config.troubles]) process.stderr.write(`${plainLine(line)}\n`)
  const published = publishedBy(config, publishedOn(sources.nodes ?? [], [...catalog.keys()]))
  const suggestions = suggest(catalog, findEvidence(catalog, sources), published)
  const command = commandFor(config, suggestions, flags)
  process.stdout.write(
    suggestFormats[flags.output]({ ...suggestions, publishedFrom: published.from, command }),
  )
}

/** The config where it can be read, else what the Nodes say. Where there is no config and no label, nothing is installed. */
function publishedBy({ config, isAbsent }: FoundConfig, onNodes: readonly string[]): Published {
  if (config !== null) return { checks: config.checks, base: config.checks, from: 'config' }
  if (onNodes.length > 0) return { checks: onNodes, base: onNodes, from: 'nodes' }
  return isAbsent
    ? { checks: [], base: defaultConfig.checks, from: 'default' }
    : { checks: [], base: [], from: null }
}

function commandFor(
  { config, map }: FoundConfig,
  { checks, added }: Suggestions,
  flags: SuggestFlags,
): string | null {
  if (map === null || config === null || added.length === 0) return null
  const text = configWith(map.text ?? '', added, checks)
  const command = text === null ? null : patchCommand({ ...map, text }, kubectlFlags(flags))
  if (command === null)
    process.stderr.write('the config is written in a way that is not changed here: change its line by hand\n')
  return command
}
