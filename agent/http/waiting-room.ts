import type { ReadyAnswer } from './ready-answers.ts'

/** Clients that wait for a check to become ready. Each gets one answer: when it is ready, when its time is over, or when we stop. */
export interface WaitingRoom {
  hasPlaceFor(address: string): boolean
  /** @returns a function to call when the client goes away: it gets no answer. */
  enter(waiter: Waiter): () => void
  /** Call it after a new report: it answers those whose wait is over. */
  look(): void
  /** Answers everyone. */
  close(answer: ReadyAnswer): void
  readonly size: number
}

export interface Waiter {
  readonly name: string
  /** The client's address. */
  readonly from: string
  /** Milliseconds. */
  readonly wait: number
  readonly tell: (answer: ReadyAnswer) => void
}

/** Each costs about 15 kB (measured). A node has at most 110 pods, unless its kubelet is configured otherwise. */
export const mostWaiters = 1_024
/**
 * With address translation (masquerading, a proxy) all pods of a node share one address, and all may wait. Without it, one pod leaves
 * most of the places to the others.
 */
export const mostOfOneAddress = 256

export function openRoom(ask: (name: string) => ReadyAnswer): WaitingRoom {
  const byName = new Map<string, Set<(answer: ReadyAnswer) => void>>()
  const byAddress = new Map<string, number>()
  let size = 0
  const count = (address: string, change: 1 | -1) => {
    const now = (byAddress.get(address) ?? 0) + change
    size += change
    if (now === 0) byAddress.delete(address)
    else byAddress.set(address, now)
  }
  const tellAll = (name: string, answer: ReadyAnswer) => {
    for (const tell of byName.get(name) ?? []) tell(answer)
  }
  return {
    hasPlaceFor: (address) => size < mostWaiters && (byAddress.get(address) ?? 0) < mostOfOneAddress,
    enter({ name, from, wait, tell }) {
      const mates = byName.get(name) ?? new Set()
      byName.set(name, mates)
      count(from, 1)
      const leave = () => {
        if (!mates.delete(tellOnce)) return
        clearTimeout(timer)
        count(from, -1)
        if (mates.size === 0 && byName.get(name) === mates) byName.delete(name)
      }
      const tellOnce = (answer: ReadyAnswer) => {
        leave()
        tell(answer)
      }
      const timer = setTimeout(() => tellOnce(ask(name)), wait)
      mates.add(tellOnce)
      return leave
    },
    look() {
      for (const name of byName.keys()) {
        const answer = ask(name)
        if (answer.isFinal) tellAll(name, answer)
      }
    },
    close(answer) {
      for (const name of byName.keys()) tellAll(name, answer)
    },
    get size() {
      return size
    },
  }
}
