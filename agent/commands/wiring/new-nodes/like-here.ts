import { askWithFixes } from '#agent/commands/wiring/ask-once.ts'
import { chooseChecks } from '#agent/commands/wiring/choose-checks.ts'
import type { FixFlags } from '#agent/commands/wiring/fix/fix-flags.ts'
import { loadFrom } from '#agent/commands/wiring/host-flags.ts'
import type { Likes } from './print-for-new-nodes.ts'

/** This host, with the checks that are named or matter here. */
export async function likeHere(names: readonly string[], flags: FixFlags): Promise<Likes> {
  const loaded = loadFrom(flags, names.length > 0 ? names : null)
  const { report, facts } = await askWithFixes(loaded, chooseChecks(loaded, names, false), flags)
  const checks = report.checks.map(({ name }) => name)
  return { likes: [{ name: report.node, facts, checks }], catalog: loaded.catalog, notes: [] }
}
