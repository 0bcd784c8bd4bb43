/** A condition of a Node, as the API has it. */
export interface NodeCondition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly lastTransitionTime: string
  readonly lastHeartbeatTime: string
}

/** One server-side apply to nodes/<name>/status: everything that hostdeps puts on the Node, and nothing else. */
export interface NodePatch {
  readonly apiVersion: 'v1'
  readonly kind: 'Node'
  readonly metadata: {
    readonly name: string
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
  }
  readonly status: { readonly conditions: readonly NodeCondition[] }
}

/** What we read of a Node: its identity and what is ours. */
export interface NodeView {
  readonly name: string
  /** Another uid under the same name is another Node. */
  readonly uid: string
  readonly labels: Readonly<Record<string, string>>
  readonly conditions: readonly NodeCondition[]
  /** Our annotation as it stands there; null when there is none. */
  readonly report: string | null
}

/** Characters of an event's note: the API's bound. */
export const longestNote = 1_024

/** One event about the Node. */
export interface NodeEvent {
  readonly node: string
  readonly uid: string
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  /** At most {@link longestNote} characters. */
  readonly note: string
}

/** An event without the Node that it is about. */
export type EventWords = Omit<NodeEvent, 'node' | 'uid'>

export type ApiAnswer<T> = { readonly ok: true; readonly value: T } | ApiRefusal

export interface ApiRefusal {
  readonly ok: false
  /** HTTP status; null when no answer came at all. */
  readonly status: number | null
  readonly message: string
  /** Milliseconds that the API server asks us to wait. */
  readonly retryAfter: number | null
}

/** The API server as our server needs it. Nothing here throws or takes longer than its deadline. */
export interface NodeApi {
  read(node: string): Promise<ApiAnswer<NodeView>>
  apply(patch: NodePatch, options?: { readonly dryRun?: boolean }): Promise<ApiAnswer<NodeView>>
  /** Removes conditions of these types, and nothing else. */
  takeOff(node: string, types: readonly string[]): Promise<ApiAnswer<NodeView>>
  createEvent(event: NodeEvent, options?: { readonly dryRun?: boolean }): Promise<ApiAnswer<null>>
}
