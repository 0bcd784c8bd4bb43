import type { CrashGroup } from './crash-groups.ts'
import type { Report } from './report.ts'

/** What is served right now. It stays the same object until it changes, so that what is made of it can be cached. */
export interface Snapshot {
  /** null before the first round. When it is stale, every check in it is unknown. */
  readonly report: Report | null
  /** What crashes here; with pods' names only where they may be read. */
  readonly crashes: readonly CrashGroup[]
  /** Why the report cannot be trusted; null when it can. */
  readonly stale: string | null
  /** Why the Node differs from the report; null when it does not. */
  readonly unpublished: string | null
}

/** What a reader must know before the checks: `lead` stands out, `detail` says why. */
export interface Notice {
  readonly about: 'stale' | 'unpublished' | 'config'
  readonly lead: string
  readonly detail: string
}

export const noRoundYet = 'no round has finished yet'

export const configInvalid = 'the config is invalid; the last valid settings stay in use'

export function noticesOf({ report, stale, unpublished }: Snapshot): Notice[] {
  const notice = (about: Notice['about'], lead: string, detail: string) => ({ about, lead, detail })
  const mistakes = report?.settings.mistakes ?? []
  return [
    ...(stale === null ? [] : [notice('stale', 'Stale', `${stale}. What follows may no longer be true.`)]),
    ...(unpublished === null
      ? []
      : [notice('unpublished', 'Not published', `${unpublished}. The Node may say something else.`)]),
    ...mistakes.map((mistake) =>
      notice('config', 'Invalid config', `the last valid settings stay in use: ${mistake}`),
    ),
  ]
}

/**
 * Why the report is not fresh, not on the Node, or not by a valid config; null when all is well. In brief it quotes neither the API
 * server nor the config.
 */
export function unreadiness(
  { report, stale, unpublished }: Snapshot,
  { isBrief }: { readonly isBrief: boolean },
): string | null {
  if (stale !== null) return isBrief ? 'the report is stale' : stale
  if (report === null) return noRoundYet
  if (unpublished !== null) return isBrief ? 'the report is not on the Node' : unpublished
  const { mistakes } = report.settings
  if (mistakes.length === 0) return null
  return isBrief ? configInvalid : `${configInvalid}: ${mistakes.join('; ')}`
}
