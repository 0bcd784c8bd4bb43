import { defaultConfig } from '#agent/catalog/config.ts'
import type { Clock } from '#agent/model/host.ts'
import type { CheckResult, Round } from '#agent/model/report.ts'
import type { ShownConditions } from '#agent/model/state.ts'
import { plainHost } from '../../model/host-facts.ts'
import { probingWith, settingsWith } from '../../model/settings.ts'

/** What all hosts are like. */
export interface Hosts {
  /** Of each published check. */
  readonly state: 'ready' | 'missing'
  readonly conditions: ShownConditions
}

/** What the prober of each of these hosts finds: the checks that are published by default, all of one state. */
export function roundOf({ state, conditions }: Hosts, clock: Clock): Round {
  const { checks } = defaultConfig
  const { publish } = settingsWith()
  return {
    v: 1,
    at: clock.now().toISOString(),
    boot: clock.boot(),
    took: 10,
    settings: settingsWith({ checks, publish: { ...publish, conditions } }),
    host: {
      hostname: null,
      os: 'Debian GNU/Linux 12 (bookworm)',
      distro: 'debian',
      kernel: '6.1.0-28-amd64',
      arch: 'amd64',
      ...plainHost,
    },
    probing: probingWith(),
    crashes: [],
    seen: [],
    fix: null,
    checks: checks.map((name) => resultOf(name, state)),
  }
}

function resultOf(name: string, state: Hosts['state']): CheckResult {
  const said =
    state === 'ready'
      ? ({ state, reason: 'AllReady', message: 'all 6 needs are met', fix: null } as const)
      : ({
          state,
          reason: 'BinaryNotFound',
          message: `the program of ${name} is not on the host's PATH (and 2 more)`,
          fix: `apt-get install -y ${name}\nsystemctl enable --now ${name}`,
        } as const)
  const finding = {
    ...said,
    need: `binary:${name}`,
    kind: 'binary',
    why: 'It is needed.',
    evidence: [],
    recommended: false,
  }
  return { ...said, name, title: name, why: 'It is needed.', findings: [finding] }
}
