import type { Probing, PublishSettings, PublishStatus, Settings } from '#agent/model/report.ts'
import { noSpawns } from '#agent/model/spawns.ts'

/** Settings as the defaults of the config have them; what a test is about it says itself. */
export function settingsWith(changes: Partial<Settings> = {}): Settings {
  const publish: PublishSettings = {
    labels: true,
    conditions: 'all',
    annotation: true,
    events: true,
    reapply: 600_000,
  }
  const times = { interval: 60_000, unknownAfter: 300_000 }
  return { hash: 'abc', checks: [], ...times, publish, mistakes: [], aliases: {}, ...changes }
}

/** Asking that goes well. */
export function probingWith(changes: Partial<Probing> = {}): Probing {
  return { watched: 0, refused: 0, lost: 0, spawned: noSpawns, abandoned: 0, cut: 0, ...changes }
}

/** Publishing that goes well, or has this trouble. */
export function publishStatus(trouble: string | null): PublishStatus {
  return { trouble, applied: 1, failed: 0, events: 0, eventsHeldBack: 0, policyEnforced: null }
}
