import { containerName, parseContainerLink } from './container-link.ts'

/** Tells the link of a container that was started again from those of new pods and from links that go. */
export interface RestartNews {
  /** All links that there are. */
  note(names: readonly string[]): void
  /** Whether a link that came or went is that of a container's next attempt. */
  isRestart(name: string, excluded: readonly string[]): boolean
}

/** Links that came since the last listing; a round lists them again after its interval. */
const mostNoted = 20_000

export function createRestartNews(): RestartNews {
  let ids = new Map<string, Set<string>>()
  let noted = 0
  return {
    note(names) {
      const links = names.flatMap((name) => parseContainerLink(name) ?? [])
      ids = new Map(
        [...Map.groupBy(links, containerName)].map(([name, all]) => [name, new Set(all.map(({ id }) => id))]),
      )
      noted = 0
    },
    isRestart(name, excluded) {
      const link = parseContainerLink(name)
      if (link === null || noted >= mostNoted || excluded.includes(link.namespace)) return false
      const known = ids.get(containerName(link))
      if (known?.has(link.id)) return false
      noted++
      if (known === undefined) ids.set(containerName(link), new Set([link.id]))
      else known.add(link.id)
      return known !== undefined
    },
  }
}
