import type { Facts } from '#agent/model/facts.ts'
import type { CheckResult, Round } from '#agent/model/report.ts'
import { summarize } from '#agent/rounds/make-round.ts'
import { probingWith, settingsWith } from '../model/settings.ts'

/** A round with the findings of a drawn host; nothing in it is drawn. */
export function roundOf(facts: Facts, checks: readonly CheckResult[]): Round {
  return {
    v: 1,
    at: '2026-11-24T00:00:00.000Z',
    boot: 100_000,
    took: 12,
    settings: settingsWith({
      checks: checks.slice(0, 8).map(({ name }) => name),
      aliases: { nvidia: 'nvidia-gpu' },
      mistakes: ['/etc/hostdeps/checks/x.yaml:3: needs[0]: no kind of need is named'],
    }),
    host: summarize(facts),
    probing: probingWith({ watched: 24, refused: 1 }),
    crashes: [],
    seen: [],
    fix: null,
    checks,
  }
}
