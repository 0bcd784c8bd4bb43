import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
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
  | { readonly did: 'run'; readonly isDone: boolean; readonly how: string }
  /** Another script ran, and has ended by now; this one was not begun. */
  | { readonly did: 'wait' }
  /** Nothing was begun. */
  | { readonly did: 'refuse'; readonly why: string }

/** Milliseconds between two looks. */
const pollEach = 500

/**
 * Runs a script of root's as a transient unit of the host's service manager, which it is a child of: it goes on when whoever waits for
 * it is gone. Where another one runs, it waits for that and begins nothing.
 */
export async function runAsUnit(script: string, { procfs, tell }: UnitOptions): Promise<UnitEnd> {
  const init = readOr(`${procfs}/1/comm`, '').trim()
  if (init !== 'systemd')
    return {
      did: 'refuse',
      why: `the first process of this host is ${plainLine(init) || 'not known'}, not systemd`,
    }
  const enter = procfs === '/proc' ? [] : ['nsenter', `--mount=${procfs}/1/ns/mnt`, '--']
  if (await waitForOther(enter, tell)) return { did: 'wait' }
  const sum = hash('sha256', script)
  const root = procfs === '/proc' ? '' : `${procfs}/1/root`
  const log = createLogReader(`${root}${folder}/${sum}.log`, tell)
  const base64 = Buffer.from(script).toString('base64')
  const starting = onHost(enter, ['/bin/sh', '-c', startText, unitName, base64, sum])
  let ended: HostRun | null = null
  while (ended === null) {
    ended = await Promise.race([starting, sleep(pollEach, null, { ref: false })])
    log.read()
  }
  const { exitCode, all } = ended
  const result = readOr(`${root}${folder}/${sum}.result`, '').trim()
  // Two that begin at once: systemd lets one of them have the name.
  if (/already (?:loaded|exists)/.test(all)) return (await waitForOther(enter, tell), { did: 'wait' })
  if (result === '' || exitCode === undefined)
    return { did: 'refuse', why: `systemd-run failed: ${plainLine(all) || `exit code ${exitCode}`}` }
  return { did: 'run', isDone: exitCode === 0, how: plainLine(result) }
}

/** Whether there was another. */
async function waitForOther(enter: readonly string[], tell: (line: string) => void): Promise<boolean> {
  for (let isFirst = true; ; isFirst = false) {
    const { all } = await onHost(enter, [
      'systemctl',
      'show',
      '-p',
      'ActiveState',
      '--value',
      `${unitName}.service`,
    ])
    if (!['active', 'activating', 'deactivating', 'reloading'].includes(all.trim())) return !isFirst
    if (isFirst) tell(`another fix runs on this host (the unit ${unitName}): waiting for its end`)
    await sleep(pollEach)
  }
}

interface HostRun {
  readonly exitCode: number | undefined
  /** Of both streams. */
  readonly all: string
}

async function onHost(enter: readonly string[], argv: readonly [string, ...string[]]): Promise<HostRun> {
  const [file, ...args] = [...enter, ...argv] as [string, ...string[]]
  const { exitCode, all } = await execa(file, args, {
    cwd: '/',
    stdin: 'ignore',
    reject: false,
    all: true,
  })
  return { exitCode, all }
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}
