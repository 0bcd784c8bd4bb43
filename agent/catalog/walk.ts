/** What a walk from name to name comes to. */
export interface Walk {
  /** Each name after all that it leads to, except in rings. */
  readonly order: readonly string[]
  /** Paths from a name back to itself: at least one of those that are connected. */
  readonly rings: readonly (readonly string[])[]
}

/** A depth-first walk without recursion: people may write a chain of thousands of checks. */
export function walk(starts: Iterable<string>, leadsTo: (name: string) => readonly string[]): Walk {
  const order: string[] = []
  const rings: string[][] = []
  const seen = new Set<string>()
  const path: Step[] = []
  const enter = (name: string) => {
    seen.add(name)
    path.push({ name, next: leadsTo(name).values() })
  }
  const done = new Set<string>()
  for (const start of starts) {
    if (!seen.has(start)) enter(start)
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = last.next.next()
      if (next.done === true) {
        done.add(last.name)
        order.push(last.name)
        path.pop()
      } else if (!seen.has(next.value)) enter(next.value)
      else if (!done.has(next.value)) rings.push(ringFrom(next.value, path))
    }
  }
  return { order, rings }
}

/** A name on the path, and what it leads to that is still to be visited. */
interface Step {
  readonly name: string
  readonly next: Iterator<string, undefined>
}

function ringFrom(name: string, path: readonly Step[]): string[] {
  const names = path.map((step) => step.name)
  return names.slice(names.indexOf(name))
}
