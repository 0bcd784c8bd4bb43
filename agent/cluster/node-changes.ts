import type { NodeStatus } from './node-status.ts'

export interface Changes {
  /** The names of what is new, or not as it was. */
  readonly changed: ReadonlySet<string>
  readonly gone: readonly string[]
}

/** Remembers what was shown of each node. Only what people would see as another state counts; time alone does not. */
export function rememberNodes(): (nodes: readonly NodeStatus[]) => Changes {
  let before: ReadonlyMap<string, string> = new Map()
  return (nodes) => {
    const now = new Map(nodes.map((node) => [node.name, keyOf(node)]))
    const changed = new Set([...now].flatMap(([name, key]) => (before.get(name) === key ? [] : [name])))
    const gone = [...before.keys()].filter((name) => !now.has(name))
    before = now
    return { changed, gone }
  }
}

function keyOf({ state, agent, checks }: NodeStatus): string {
  const parts = checks.map((check) => [check.name, check.state, check.reason, check.needs, check.crashes])
  return JSON.stringify([state, agent.standing, parts])
}
