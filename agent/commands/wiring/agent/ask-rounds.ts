import type { Logger } from 'pino'
import { followFiles } from '#agent/catalog/follow.ts'
import type { Loaded } from '#agent/catalog/load.ts'
import { openCrashWatch } from '#agent/crashes/watch-crashes.ts'
import { systemClock } from '#agent/host/clock.ts'
import { openContainerFiles } from '#agent/host/containers/open-container-files.ts'
import { watchHost } from '#agent/host/watch-host.ts'
import type { Round } from '#agent/model/report.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { openRoundMemory } from '#agent/rounds/round-memory.ts'
import { startRounds } from '#agent/rounds/round-loop.ts'
import { hostPlace, loadOptions, openHostFrom } from '#agent/commands/wiring/host-flags.ts'
import type { HostFlags } from '#agent/commands/wiring/host-flags.ts'
import { createFailureLog } from './log-failures.ts'

export interface Asking {
  /** Describes how the host is reached. */
  readonly host: string
  readonly loaded: Loaded
  start(took: (round: Round) => void): void
  stop(): void
}

/** Makes rounds of this host with the current config and checks; for `startAnyway` see followFiles. */
export function openAsking(flags: HostFlags, log: Logger, { startAnyway }: { startAnyway: boolean }): Asking {
  const memory = openRoundMemory()
  const files = followFiles(
    { ...loadOptions(flags), startAnyway },
    {
      willRead: memory.forget,
      changed({ loaded, mistakes }) {
        if (mistakes.length === 0)
          log.info({ config: loaded.hash }, 'config and checks have changed and are in use')
        else log.error({ mistakes }, 'config or checks are invalid; the last good ones stay in use')
        loop?.askNow()
      },
    },
  )
  const { mistakes: first } = files.current()
  if (first.length > 0)
    log.error({ mistakes: first }, 'config or checks are invalid; their valid part is in use')
  const loaded = () => files.current().loaded
  const host = openHostFrom(flags, loaded)
  const crashes = openCrashWatch(openContainerFiles(hostPlace(flags)))
  const watcher = watchHost(hostPlace(flags), crashes.isRestart)
  const logFailure = createFailureLog((failure) =>
    log.error(failure, 'hostdeps failed to judge a need, so it is unknown'),
  )
  let loop: ReturnType<typeof startRounds> | null = null
  return {
    host: host.description,
    loaded: loaded(),
    start(took) {
      const make = () => {
        const names = loaded().catalog.keys()
        const asked = { host, clock: systemClock, watcher, crashes, memory, files: files.current(), names }
        return makeRound({ ...asked, failed: logFailure })
      }
      const failed = (error: unknown) => log.error({ err: error }, 'a round failed')
      const interval = () => loaded().config.interval
      loop = startRounds({ make, took, failed, clock: systemClock, watcher, interval })
    },
    stop() {
      files.stop()
      loop?.stop()
    },
  }
}
