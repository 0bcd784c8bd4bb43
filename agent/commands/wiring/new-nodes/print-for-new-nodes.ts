import type { Catalog } from '#agent/catalog/catalog.ts'
import { planNewNodes } from '#agent/fixes/new-node/plan-new-nodes.ts'
import type { NodeLike } from '#agent/fixes/new-node/plan-new-nodes.ts'
import { ClusterError } from '#agent/commands/wiring/errors.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import type { FixFlags, NewNodeFormat } from '#agent/commands/wiring/fix/fix-flags.ts'
import { say } from '#agent/commands/wiring/fix/say.ts'
import { newNodeFormats } from './formats.ts'
import { likeHere } from './like-here.ts'
import { likesOfNodes } from './likes-of-nodes.ts'

/** The nodes that new ones are to be like, and what is known of the checks. */
export interface Likes {
  readonly likes: readonly NodeLike[]
  readonly catalog: Catalog
  /** What is left out, and why; a line each. */
  readonly notes: readonly string[]
}

/** Prints what makes new nodes ready, in one of the formats that set nodes up. */
export async function printForNewNodes(
  format: NewNodeFormat,
  { names, place }: { readonly names: readonly string[]; readonly place: 'nodes' | 'here' },
  flags: FixFlags,
): Promise<void> {
  const { likes, catalog, notes } =
    place === 'nodes' ? await likesOfNodes(names, flags) : await likeHere(names, flags)
  const isNamed = (place === 'nodes' ? flags.check : names).length > 0
  const plan = planNewNodes(likes, { catalog, isNamed })
  if (plan.refusals.length > 0) throw new ClusterError(plan.refusals.join('\n'))
  for (const note of notes) say(note)
  for (const note of plan.notes) say(`note: ${note}`)
  if (plan.nodes.length > 0)
    process.stdout.write(newNodeFormats[format](plan.nodes, { catalog, image: flags.image }))
  else {
    say('no command makes these checks ready on a new node, so there is nothing to print')
    process.exitCode = exitCodes.missing
  }
}
