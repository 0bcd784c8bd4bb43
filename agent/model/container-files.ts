/**
 * What the kubelet and the container runtime write about the containers of a node. Everything here is text of others: whoever
 * runs a pod writes its log. null everywhere: it could not be read, which proves nothing.
 */
export interface ContainerFiles {
  /** The names of the kubelet's links, one for each attempt of a container; `unchanged` since the last call. */
  links(): readonly string[] | 'unchanged' | null
  /** The path that a link names. */
  leadsTo(link: string): string | null
  /** What the runtime has written about an attempt, by its id: 64 hexadecimal digits. */
  status(id: string): RuntimeText | null
  /** The last bytes of the log that a link leads to, {@link tailLength} at most. */
  tail(link: string): Uint8Array | null
  /** The ids of those attempts that have a process. */
  running(attempts: readonly HasProcess[]): ReadonlySet<string>
}

/** The runtimes whose files tell how an attempt ended. */
export type Runtime = 'containerd' | 'cri-o'

export interface RuntimeText {
  readonly runtime: Runtime
  readonly text: string
}

export interface HasProcess {
  readonly id: string
  /** Its first process, by the runtime; null when it does not say. It saves looking at all processes. */
  readonly pid: number | null
}

/** Bytes of a log's end: what a program says last stands in far fewer. */
export const tailLength = 64 * 1024
