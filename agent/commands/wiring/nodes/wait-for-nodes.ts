import { once } from 'node:events'
import { progressOf } from '#agent/cluster/awaited.ts'
import type { Awaited, Progress } from '#agent/cluster/awaited.ts'
import type { ClusterApi, ClusterNode } from '#agent/node/cluster-api.ts'
import type { ApiAnswer } from '#agent/node/node-api.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { among, findAllNodes, selectionOf } from '#agent/commands/wiring/cluster/list-nodes.ts'
import { take } from '#agent/commands/wiring/cluster/take.ts'
import { openTroubles } from './watch-nodes.ts'

/** Which nodes are waited for: those of these names, else those with these labels, else all. */
export interface NodesAwaited {
  readonly names: readonly string[]
  readonly labels: string | null
  /** Longest wait in milliseconds; null for no limit. */
  readonly timeout: number | null
}

/** Nodes that are named one by one; of thousands, no more are. */
const mostNamed = 20

/** Waits until every node is there, and prints each change of one that is not. */
export async function waitForNodes(api: ClusterApi, awaited: Awaited, wanted: NodesAwaited): Promise<void> {
  const { names, labels, timeout } = wanted
  const found = await findAllNodes(api, { names, labels })
  const stopping = new AbortController()
  const timer = timeout === null ? undefined : setTimeout(() => stopping.abort(), timeout)
  const tell = openTelling()
  let last: readonly Progress[] = []
  let isDone = false
  const look = (nodes: readonly ClusterNode[]) => {
    last = progressOf(among(names, nodes), awaited)
    tell(last)
    const isWhole = names.length === 0 ? last.length > 0 : last.length === new Set(names).size
    isDone = isWhole && last.every(({ isThere }) => isThere)
    if (isDone) stopping.abort()
  }
  look(found)
  if (isDone) return conclude(last, awaited, isDone)
  if (last.every(({ state }) => state === null)) await hintAt(awaited.check)
  const { signal } = stopping
  const following = api.followNodes(selectionOf(names, labels), {
    signal,
    changed: look,
    troubled: openTroubles(),
  })
  // A list that is on its way when the time is over is not waited for.
  take(await Promise.race([following, ended(signal)]))
  clearTimeout(timer)
  conclude(last, awaited, isDone)
}

async function ended(signal: AbortSignal): Promise<ApiAnswer<null>> {
  await once(signal, 'abort')
  return { ok: true, value: null }
}

/** It may be published later, so that it is no mistake for sure. */
async function hintAt(check: string): Promise<void> {
  const { nearCheck } = await import('#agent/commands/wiring/cluster/known-checks.ts')
  const near = nearCheck(check)
  if (near !== null) process.stderr.write(`no Node says anything of it, and ${near}\n`)
}

function conclude(last: readonly Progress[], { check, state }: Awaited, isDone: boolean): void {
  const late = last.filter(({ isThere }) => !isThere).map(({ node }) => node)
  if (isDone) return void process.stdout.write(`${check} is ${state} on ${nodesOf(last.length)}\n`)
  const rest = late.length - mostNamed
  const more = rest > 0 ? ` and ${rest} more` : ''
  const named = late.slice(0, mostNamed).join(', ')
  process.stdout.write(
    `${check} was not ${state} in time on ${late.length === 0 ? 'Nodes that are gone' : `${nodesOf(late.length)}: ${named}${more}`}\n`,
  )
  process.stderr.write(`"hostdeps nodes --check ${check} -o wide" says what to do\n`)
  process.exitCode = exitCodes.missing
}

/** At first the nodes that are not there yet, then each one whose state changes. */
function openTelling(): (all: readonly Progress[]) => void {
  const before = new Map<string, string>()
  let isFirst = true
  return (all) => {
    const news = all.filter(({ node, says }) => before.get(node) !== says)
    for (const { node, says } of all) before.set(node, says)
    const told = isFirst ? news.filter(({ isThere }) => !isThere) : news
    const rest = told.length - mostNamed
    const lines = told.slice(0, mostNamed).map(({ node, says }) => `${node}: ${says}`)
    for (const line of rest > 0 ? [...lines, `and ${nodesOf(rest)} more`] : lines)
      process.stdout.write(`${new Date().toISOString()} ${line}\n`)
    isFirst = false
  }
}

function nodesOf(count: number): string {
  return `${count} Node${count === 1 ? '' : 's'}`
}
