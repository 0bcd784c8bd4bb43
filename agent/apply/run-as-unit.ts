import { hash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { longestScript } from '#agent/model/bounds.ts'
import { plainLine } from '#agent/model/plain.ts'
import { createLogReader } from './log-reader.ts'
import { folder, startText, unitName } from './start-text.ts'

export interface UnitOptions {
  /** /proc on the host itself; where the host's is mounted, in a pod with the host's PID namespace. */
  readonly procfs: string
  /** Called with what the script says, a line at a time, and with what is waited for. */
  readonly tell: (line: string) => void
}

/** How a script ended. */
export type UnitEnd =
  /** `how`: systemd's word and the exit status: "success 0", "exit-code 1". */
  | { readonly did: 'run'; readonly isDone: boolean; readonly how: string }
  /** Another script ran, and has ended by now; this one was not begun. */
  | { readonly did: 'wait' }
  /** Nothing was begun. */
  | { readonly did: 'refuse'; readonly why: string }

/** Milliseconds between two looks. */
const pollEach = 500
/** How often systemd may give no answer, one look after the other: it restarts D-Bus within seconds. */
const mostSilences = 60

/**
 * Runs a script of root's as a transient unit of the host's service manager, which it is a child of: it goes on when whoever waits for
 * it is gone. Where another one runs, it waits for that and begins nothing.
 */
export async function runAsUnit(script: string, { procfs, tell }: UnitOptions): Promise<UnitEnd> {
  const init = readOr(`${procfs}/1/comm`, '').trim()
  if (init !== 'systemd')
    return refuse(`the first process of this host is ${init || 'not known'}, not systemd`)
  if (Buffer.byteLength(script) > longestScript)
    return refuse(`the script has more than ${longestScript} bytes: name fewer checks`)
  const isHere = procfs === '/proc'
  const enter = isHere ? [] : ['nsenter', `--mount=${procfs}/1/ns/mnt`, '--']
  const before = await untilNoUnit(enter, tell)
  if (before !== 'none') return before === 'ended' ? { did: 'wait' } : refuse(noAnswer)
  const call = randomUUID()
  const place = `${isHere ? '' : `${procfs}/1/root`}${folder}/${call}`
  const said = await start(script, { enter, call, log: createLogReader(`${place}.log`, tell) })
  let result = readOr(`${place}.result`, '').trim()
  if (result === '') {
    // systemd-run may end before the unit, as when D-Bus is restarted; or the unit is another's that began at the same time.
    const after = await untilNoUnit(enter, tell)
    result = readOr(`${place}.result`, '').trim()
    if (result === '') return after === 'ended' ? { did: 'wait' } : refuse(said)
  }
  return { did: 'run', isDone: result.startsWith('success'), how: plainLine(result) }
}

const noAnswer = 'systemd does not answer'

function refuse(why: string): UnitEnd {
  return { did: 'refuse', why: plainLine(why) }
}

interface Start {
  readonly enter: readonly string[]
  readonly call: string
  readonly log: ReturnType<typeof createLogReader>
}

/** Passes on what the script says until systemd-run ends; what that said itself. */
async function start(script: string, { enter, call, log }: Start): Promise<string> {
  const base64 = Buffer.from(script).toString('base64')
  const argv = ['/bin/sh', '-c', startText, unitName, base64, hash('sha256', script), call] as const
  const starting = onHost(enter, argv)
  let ended: HostRun | null = null
  while (ended === null) {
    ended = await Promise.race([starting, sleep(pollEach, null, { ref: false })])
    log.read()
  }
  log.end()
  return `systemd-run failed: ${ended.all || `exit code ${ended.exitCode}`}`
}

/** `ended`: there was one. */
async function untilNoUnit(
  enter: readonly string[],
  tell: (line: string) => void,
): Promise<'none' | 'ended' | 'no answer'> {
  let isFirst = true
  for (let silences = 0; silences < mostSilences; await sleep(pollEach)) {
    const show = ['systemctl', 'show', '-p', 'ActiveState', '--value', `${unitName}.service`] as const
    const { exitCode, all } = await onHost(enter, show)
    if (exitCode !== 0) {
      silences++
      continue
    }
    silences = 0
    if (!isActive.includes(all.trim())) return isFirst ? 'none' : 'ended'
    if (isFirst) tell(`another fix runs on this host (the unit ${unitName}): waiting for its end`)
    isFirst = false
  }
  return 'no answer'
}

const isActive: readonly string[] = ['active', 'activating', 'deactivating', 'reloading']

interface HostRun {
  readonly exitCode: number | undefined
  /** Of both streams. */
  readonly all: string
}

async function onHost(enter: readonly string[], argv: readonly [string, ...string[]]): Promise<HostRun> {
  const [file, ...args] = [...enter, ...argv] as [string, ...string[]]
  const options = { cwd: '/', stdin: 'ignore', reject: false, all: true } as const
  const { exitCode, all } = await execa(file, args, options)
  return { exitCode, all: all ?? '' }
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}
