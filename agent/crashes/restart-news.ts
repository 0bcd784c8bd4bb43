import { containerName, parseContainerLink } from './container-link.ts'
import type { ContainerLink } from './container-link.ts'

/** Tells the link of a container that was started again from those of new pods and from links that go. */
export interface RestartNews {
  /** All links that there are. */
  note(names: readonly string[]): void
  /**
   * All attempts of a container whose next attempt has this link; null for a link that is known or of a container that is not.
   *
   * @param excluded namespaces that are left alone
   */
  nextAttempt(name: string, excluded: readonly string[]): readonly ContainerLink[] | null
}

/** Links that came since the last listing; a round lists them again after its interval. */
const mostNoted = 20_000

export function createRestartNews(): RestartNews {
  let known = new Map<string, readonly ContainerLink[]>()
  let noted = 0
  return {
    note(names) {
      known = Map.groupBy(
        names.flatMap((name) => parseContainerLink(name) ?? []),
        containerName,
      )
      noted = 0
    },
    nextAttempt(name, excluded) {
      const link = parseContainerLink(name)
      if (link === null || noted >= mostNoted || excluded.includes(link.namespace)) return null
      const before = known.get(containerName(link)) ?? []
      if (before.some(({ id }) => id === link.id)) return null
      noted++
      const all = [...before, link].slice(-mostAttempts)
      known.set(containerName(link), all)
      return before.length === 0 ? null : all
    },
  }
}

/** The kubelet keeps one that ended beside the one that runs. */
const mostAttempts = 3
