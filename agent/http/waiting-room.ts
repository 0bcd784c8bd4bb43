import type { ReadyAnswer } from './ready-answers.ts'

/** Who waits for a check to become ready; each is told once: when it is, when its time is over, or when we stop. */
export interface WaitingRoom {
  /** @returns a function for a client that goes away: it is told nothing. */
  enter(waiter: Waiter): () => void
  /** After a new report: tells those whose wait is over. */
  look(): void
  /** Tells everyone. */
  close(answer: ReadyAnswer): void
  readonly size: number
}

export interface Waiter {
  readonly name: string
  /** Milliseconds. */
  readonly wait: number
  readonly tell: (answer: ReadyAnswer) => void
}

export function openRoom(ask: (name: string) => ReadyAnswer): WaitingRoom {
  const byName = new Map<string, Set<(answer: ReadyAnswer) => void>>()
  const tellAll = (name: string, answer: ReadyAnswer) => {
    for (const tell of byName.get(name) ?? []) tell(answer)
  }
  return {
    enter({ name, wait, tell }) {
      const mates = byName.get(name) ?? new Set()
      byName.set(name, mates)
      const leave = () => {
        clearTimeout(timer)
        mates.delete(tellOnce)
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
      return byName.values().reduce((sum, mates) => sum + mates.size, 0)
    },
  }
}
