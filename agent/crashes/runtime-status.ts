import * as z from 'zod'
import type { RuntimeText } from '#agent/model/container-files.ts'

/** An attempt of a container, as its runtime tells of it. Milliseconds by the wall clock of the host. */
export interface RuntimeStatus {
  readonly started: number
  /** null while it runs. */
  readonly end: AttemptEnd | null
  readonly pid: number | null
}

export interface AttemptEnd {
  readonly at: number
  /** null when the runtime did not see the end itself. */
  readonly code: number | null
  readonly isOutOfMemory: boolean
}

/** null when the text says nothing that can be used: of an attempt that never ran, too. */
export function parseRuntimeStatus({ runtime, text }: RuntimeText): RuntimeStatus | null {
  try {
    const value: unknown = JSON.parse(text)
    return runtime === 'containerd' ? readContainerd(value) : readCrio(value)
  } catch {
    return null
  }
}

const nanoseconds = z.number().nonnegative()

/**
 * Times are in nanoseconds, 0 for none. With the reason Unknown containerd was not there when it ended, as after a reboot, and
 * made up its code and time.
 * https://github.com/containerd/containerd/blob/04d0bebd182db81da50065200644c743565ad034/internal/cri/store/container/status.go
 */
const containerdStatus = z.object({
  Version: z.literal('v1'),
  Pid: z.int().nonnegative(),
  StartedAt: nanoseconds,
  FinishedAt: nanoseconds,
  ExitCode: z.int(),
  Reason: z.string(),
})

function readContainerd(value: unknown): RuntimeStatus | null {
  const { data } = containerdStatus.safeParse(value)
  if (data === undefined || data.StartedAt === 0) return null
  const { Pid, StartedAt, FinishedAt, ExitCode, Reason } = data
  const code = Reason === 'Unknown' ? null : ExitCode
  const end = { at: FinishedAt / 1e6, code, isOutOfMemory: Reason === 'OOMKilled' }
  return { started: StartedAt / 1e6, end: FinishedAt === 0 ? null : end, pid: Pid === 0 ? null : Pid }
}

/**
 * Go's zero time is of the year 1.
 * https://github.com/cri-o/cri-o/blob/009ccb65ec96e47e0d6c1073c90290cdcdf260b0/internal/oci/container.go
 */
const crioState = z.object({
  started: z.string(),
  finished: z.string().optional(),
  exitCode: z.int().nullish(),
  oomKilled: z.boolean().optional(),
  initPid: z.int().optional(),
})

function readCrio(value: unknown): RuntimeStatus | null {
  const { data } = crioState.safeParse(value)
  const started = timeOf(data?.started)
  if (data === undefined || started === null) return null
  const at = timeOf(data.finished)
  const end = at === null ? null : { at, code: data.exitCode ?? null, isOutOfMemory: data.oomKilled === true }
  return { started, end, pid: data.initPid ?? null }
}

function timeOf(text = ''): number | null {
  const time = Date.parse(text)
  return time > 0 ? time : null
}
