import type { ContainerFiles } from '#agent/model/container-files.ts'
import type { Pointer } from './accuse.ts'
import { containerName, linkName, parseContainerLink, parseLogPlace } from './container-link.ts'
import type { ContainerLink, LogPlace } from './container-link.ts'
import type { Crashing } from './judge-container.ts'
import { parseRuntimeStatus } from './runtime-status.ts'
import type { RuntimeStatus } from './runtime-status.ts'

/** One attempt of a container. What is known of it grows. */
export interface Attempt {
  readonly id: string
  readonly link: string
  readonly restarts: number
  /** Whether the runtime's file was looked for. */
  isAsked: boolean
  status: RuntimeStatus | null
  /** What its log points to, best first; null while that is not known. */
  pointers: readonly Pointer[] | null
}

/** A container that was started again. */
export interface FollowedContainer extends Pick<LogPlace, 'namespace' | 'pod' | 'uid' | 'container'> {
  /** The last few, oldest first. */
  attempts: readonly Attempt[]
  crash: Crashing | null
  /** The checks that it is told with. */
  checks: readonly string[]
  /** Whether its second end made a round. */
  isNoticed: boolean
}

const notCrashing = { crash: null, checks: [], isNoticed: false }

/** The newest, the one that ended before it, and the one before that. */
const mostAttempts = 3

/** Links and files of the runtime that are read in one round; the others wait for the next. */
const mostReads = 1_000

/**
 * Follows the containers that the kubelet started again, by their links. One that was started once costs nothing but its link's
 * name, and so does one that was started again long ago.
 */
export class ContainerFollower {
  readonly containers = new Map<string, FollowedContainer>()
  readonly #files: ContainerFiles
  #names: readonly string[] = []
  #excluded: readonly string[] = []
  #listed: ReadonlyMap<string, readonly ContainerLink[]> = new Map()
  /** Names of containers with more than one attempt. */
  readonly #suspects = new Set<string>()
  /** Attempts whose link was read: the container that each is of, null for none. */
  readonly #placed = new Map<string, string | null>()
  /** Attempts that are no reason to follow their container. */
  #settled: ReadonlySet<string> = new Set()
  #reads = 0

  constructor(files: ContainerFiles) {
    this.#files = files
  }

  /** Returns the names of all links when they have changed, and null otherwise. */
  update(excluded: readonly string[]): readonly string[] | null {
    this.#reads = 0
    const answer = this.#files.links()
    const names = answer === 'unchanged' || answer === null ? null : answer
    if (names !== null || excluded !== this.#excluded) this.#take(names ?? this.#names, excluded)
    this.#placeAll()
    this.#refreshAll()
    return names
  }

  /**
   * Asks about all attempts of a container at once, when the last of them has begun: as soon as it ends too, the kubelet removes
   * what there is of the one before. Returns whether that shows a second end, the first time.
   */
  started(links: readonly ContainerLink[]): boolean {
    for (const link of links) if (!this.#placed.has(link.id)) this.#place(link)
    const [last] = links.slice(-1)
    const container = this.containers.get(this.#placed.get(last?.id ?? '') ?? '')
    if (last === undefined || container === undefined) return false
    this.#suspects.add(containerName(last))
    this.#refresh(container)
    if (container.isNoticed || container.attempts.filter(hasEnded).length < 2) return false
    container.isNoticed = true
    return true
  }

  /** A container that no longer crashes is followed again when it is started again. */
  leave(container: FollowedContainer): void {
    this.containers.delete(keyOf(container))
    const ids = container.attempts.map(({ id }) => id)
    for (const id of ids) this.#placed.delete(id)
    this.#settled = new Set([...this.#settled, ...ids])
    const name = containerName(container)
    const others = [...this.containers.values()].some((other) => containerName(other) === name)
    if (!others) this.#suspects.delete(name)
  }

  /** Forgets all attempts until now. */
  forget(): void {
    this.containers.clear()
    this.#suspects.clear()
    this.#placed.clear()
    this.#settled = new Set([...this.#listed.values()].flat().map(({ id }) => id))
  }

  #take(names: readonly string[], excluded: readonly string[]): void {
    const links = names
      .flatMap((name) => parseContainerLink(name) ?? [])
      .filter(({ namespace }) => !excluded.includes(namespace))
    const [before, now] = [this.#listed, Map.groupBy(links, containerName)]
    const ids = new Set(links.map(({ id }) => id))
    this.#settled = this.#settled.intersection(ids)
    for (const [name, all] of now) {
      const old = before.get(name)
      const isStarted = old !== undefined && all.some(({ id }) => !old.some((one) => one.id === id))
      const isUnsettled = all.length > 1 && all.some(({ id }) => !this.#settled.has(id))
      if (isStarted || isUnsettled) this.#suspects.add(name)
    }
    for (const name of this.#suspects) if (!now.has(name)) this.#suspects.delete(name)
    for (const id of this.#placed.keys()) if (!ids.has(id)) this.#placed.delete(id)
    this.#names = names
    this.#excluded = excluded
    this.#listed = now
  }

  /** Whoever has no link any more is gone with its pod; a pod of the same name is another one. */
  #placeAll(): void {
    for (const name of this.#suspects)
      for (const link of this.#listed.get(name) ?? [])
        if (!this.#placed.has(link.id) && this.#reads < mostReads) this.#place(link)
    for (const [key, container] of this.containers) {
      const links = this.#listed.get(containerName(container)) ?? []
      if (links.every(({ id }) => this.#placed.has(id) && this.#placed.get(id) !== key))
        this.containers.delete(key)
    }
  }

  #place(link: ContainerLink): void {
    this.#reads++
    const place = parseLogPlace(this.#files.leadsTo(linkName(link)) ?? '')
    if (place === null || containerName(place) !== containerName(link)) {
      this.#placed.set(link.id, null)
      return
    }
    const { namespace, pod, uid, container, restarts } = place
    const key = keyOf(place)
    const known = this.containers.get(key) ?? { namespace, pod, uid, container, attempts: [], ...notCrashing }
    const attempt = {
      id: link.id,
      link: linkName(link),
      restarts,
      isAsked: false,
      status: null,
      pointers: null,
    }
    const others = known.attempts.filter(({ id }) => id !== link.id)
    known.attempts = [...others, attempt].toSorted((a, b) => a.restarts - b.restarts).slice(-mostAttempts)
    this.containers.set(key, known)
    this.#placed.set(link.id, key)
  }

  /** Asks the runtime's files about attempts whose end is not known; those that were asked stand back the next time. */
  #refreshAll(): void {
    const asked: FollowedContainer[] = []
    for (const container of this.containers.values()) {
      if (this.#reads >= mostReads) break
      if (this.#refresh(container)) asked.push(container)
    }
    for (const container of asked) {
      this.containers.delete(keyOf(container))
      this.containers.set(keyOf(container), container)
    }
  }

  /** Returns whether there was something to ask. */
  #refresh({ attempts }: FollowedContainer): boolean {
    const open = attempts.filter((attempt) => !hasEnded(attempt))
    for (const attempt of open) {
      this.#reads++
      attempt.isAsked = true
      const text = this.#files.status(attempt.id)
      if (text !== null) attempt.status = parseRuntimeStatus(text) ?? attempt.status
    }
    return open.length > 0
  }
}

function hasEnded({ status }: Attempt): boolean {
  return status !== null && status.end !== null
}

function keyOf(container: Pick<LogPlace, 'namespace' | 'pod' | 'uid' | 'container'>): string {
  return `${container.uid}/${containerName(container)}`
}
