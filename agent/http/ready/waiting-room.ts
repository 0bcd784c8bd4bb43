import { countPlaces } from '#agent/http/clients/places.ts'
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

/**
 * Each costs about 15 kB (measured). A node has at most 110 pods, unless its kubelet is configured otherwise. With address translation
 * (masquerading, a proxy) all of them share one address, and all may wait; without it, one pod leaves most of the places to the others.
 */
export const waiterBounds = { most: 1_024, mostOfOneAddress: 256 }

export function openRoom(ask: (name: string) => ReadyAnswer): WaitingRoom {
  const byName = new Map<string, Set<(answer: ReadyAnswer) => void>>()
  const places = countPlaces(waiterBounds)
  const tellAll = (name: string, answer: ReadyAnswer) => {
    for (const tell of byName.get(name) ?? []) tell(answer)
  }
  return {
    hasPlaceFor: (address) => places.has(address),
    enter({ name, from, wait, tell }) {
      const mates = byName.get(name) ?? new Set()
      byName.set(name, mates)
      const giveBack = places.take(from)
      const leave = () => {
        if (!mates.delete(tellOnce)) return
        clearTimeout(timer)
        giveBack()
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
      return places.taken
    },
  }
}
