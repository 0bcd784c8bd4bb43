import type { ApiAnswer, ApiRefusal, NodeApi, NodeEvent, NodePatch, NodeView } from '#agent/node/node-api.ts'

/** A Node in memory that keeps what is applied to it, and refuses on demand. */
export interface FakeApi extends NodeApi {
  readonly applied: NodePatch[]
  readonly events: NodeEvent[]
  /** Every call gets this refusal until it is null again. */
  refusal: ApiRefusal | null
  /** Dry runs get these refusals until they are null again. */
  readonly tried: { apply: ApiRefusal | null; tell: ApiRefusal | null }
  /** A label that is refused with 422 in any patch. */
  badLabel: string | null
  uid: string
  /** The Node as read before anything is applied. */
  node: NodeView | null
  dryRuns: number
  reads: number
  /** Types of conditions. */
  readonly takenOff: string[]
}

export function fakeApi(): FakeApi {
  const api: FakeApi = {
    applied: [],
    events: [],
    refusal: null,
    tried: { apply: null, tell: null },
    badLabel: null,
    uid: 'uid-1',
    node: null,
    dryRuns: 0,
    reads: 0,
    takenOff: [],
    read() {
      api.reads++
      return Promise.resolve(api.refusal ?? { ok: true, value: api.node ?? view(api.applied.at(-1)) })
    },
    apply(patch, { dryRun = false } = {}): Promise<ApiAnswer<NodeView>> {
      if (dryRun) api.dryRuns++
      if (api.refusal !== null) return Promise.resolve(api.refusal)
      if (dryRun && api.tried.apply !== null) return Promise.resolve(api.tried.apply)
      if (api.badLabel !== null && api.badLabel in patch.metadata.labels) {
        return Promise.resolve({
          ok: false,
          status: 422,
          message: `${api.badLabel} is invalid`,
          retryAfter: null,
        })
      }
      if (!dryRun) api.applied.push(patch)
      return Promise.resolve({ ok: true, value: view(patch) })
    },
    takeOff(_, types) {
      api.takenOff.push(...types)
      return Promise.resolve(
        api.refusal ?? { ok: true, value: { ...view(api.applied.at(-1)), conditions: [] } },
      )
    },
    createEvent(event, { dryRun = false } = {}) {
      if (dryRun) api.dryRuns++
      if (api.refusal !== null) return Promise.resolve(api.refusal)
      if (dryRun && api.tried.tell !== null) return Promise.resolve(api.tried.tell)
      if (!dryRun) api.events.push(event)
      return Promise.resolve({ ok: true, value: null })
    },
  }
  const view = (patch: NodePatch | undefined): NodeView => ({
    name: 'node-1',
    uid: api.uid,
    labels: patch?.metadata.labels ?? {},
    conditions: patch?.status.conditions ?? [],
    report: patch?.metadata.annotations['hostdeps.dev/report'] ?? null,
  })
  return api
}
