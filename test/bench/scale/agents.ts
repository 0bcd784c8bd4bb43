import { KubeConfig } from '@kubernetes/client-node'
import { pino } from 'pino'
import { openNodeApi } from '#agent/kube/open-node-api.ts'
import { watchConfinement } from '#agent/publish/confinement.ts'
import { Publisher } from '#agent/publish/publisher.ts'
import { createReportStore } from '#agent/publish/report-store.ts'
import { restoreSettled } from '#agent/publish/restore.ts'
import { countedApi, noCounts } from './counted-api.ts'
import type { Counts } from './counted-api.ts'
import { pacedClock } from './paced-clock.ts'
import { roundOf } from './rounds.ts'
import type { Hosts } from './rounds.ts'

/**
 * A process with the publishing half of many agents, started by scale.ts: publisher, store and the watch of the policies are the
 * agent's own, each with a token of its own, a client of its own and connections of its own.
 */
export type Order =
  | {
      readonly do: 'open'
      readonly server: string
      readonly caFile: string
      readonly agents: readonly AgentToken[]
    }
  | { readonly do: 'start' }
  | { readonly do: 'round'; readonly hosts: Hosts }
  | { readonly do: 'pace'; readonly factor: number }
  | { readonly do: 'count' }

export interface AgentToken {
  readonly node: string
  readonly token: string
}

/** The answer to each order: what was asked since the one before. */
export interface Told {
  readonly counts: Counts
}

type Opened = Extract<Order, { do: 'open' }>

const clock = pacedClock()
const log = pino({ level: 'silent' })
let opened: Opened | null = null
let hosts: Hosts = { state: 'missing', conditions: 'all' }
let counts = noCounts()
const stores: ReturnType<typeof startAgent>[] = []

process.on('message', (order: Order) => {
  obey(order)
  const told: Told = { counts }
  counts = noCounts()
  process.send?.(told)
})
process.on('disconnect', () => process.exit())

function obey(order: Order): void {
  if (order.do === 'open') opened = order
  if (order.do === 'start' && opened !== null)
    for (const agent of opened.agents) stores.push(startAgent(agent, opened))
  if (order.do === 'pace') clock.pace(order.factor)
  if (order.do === 'round') {
    hosts = order.hosts
    for (const store of stores) store.take(roundOf(hosts, clock))
  }
}

/** As publish-to-node.ts wires it. */
function startAgent({ node, token }: AgentToken, { server, caFile }: Opened) {
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [{ name: 'c', server, caFile, skipTLSVerify: false }],
    users: [{ name: 'u', token }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  })
  const api = countedApi(openNodeApi(config), () => counts)
  const first = roundOf(hosts, clock)
  const { settings } = first
  const store = createReportStore({ clock, interval: settings.interval, node: () => node })
  const publisher = new Publisher({
    api,
    node,
    clock,
    log,
    restore: (view) =>
      store.restore(restoreSettled(view, { settings, now: clock.now(), boot: clock.boot() })),
  })
  store.subscribe((report) => publisher.publish(report))
  watchConfinement({ api, node, clock, log, reapply: settings.publish.reapply })
  store.take(first)
  return store
}
