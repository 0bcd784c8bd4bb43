import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import { load } from '#agent/catalog/load.ts'
import type { Loaded, LoadOptions } from '#agent/catalog/load.ts'
import { openHost } from '#agent/host/open-host.ts'
import { parseFlagDuration } from '#agent/model/duration.ts'
import type { Host } from '#agent/model/host.ts'
import { configOption } from './config-option.ts'
import { UsageError } from './errors.ts'

/** The flags of every command that asks a host. */
export interface HostFlags extends LoadFlags {
  readonly procfs: string
  readonly targetPid?: number
  readonly deadline?: number
}

/** The flags of every command that reads config and checks. */
export interface LoadFlags {
  readonly config?: string
  readonly checks?: string
  readonly allowCommands?: boolean
}

export function addHostFlags(command: Command): Command {
  return addLoadFlags(command)
    .option('--procfs <dir>', 'the proc file system to use; /host/proc in the DaemonSet', '/proc')
    .addOption(targetPid)
    .option('--deadline <time>', 'longest wait for one answer, like 5s (default: from the config)', readTime)
}

export function addLoadFlags(command: Command): Command {
  return command
    .addOption(configOption())
    .option('--checks <dir>', 'a folder of custom check files')
    .option('--allow-commands', 'let custom checks run commands on the host')
}

const targetPid = new Option(
  '--target-pid <pid>',
  'the process whose mount namespace is the host (default: our own; 1 with another --procfs)',
).argParser(readPid)

/** @param only the checks to load besides the published ones; null for all */
export function loadFrom(flags: LoadFlags, only: readonly string[] | null = null): Loaded {
  return load(loadOptions(flags), only)
}

export function loadOptions({ config, checks, allowCommands }: LoadFlags): LoadOptions {
  return { config: config ?? null, customChecks: checks ?? null, allowCommands: allowCommands ?? false }
}

export function openHostFrom(flags: HostFlags, loaded: () => Loaded): Host {
  if (!isHost())
    throw new UsageError(
      `hostdeps asks Linux hosts, and this is ${process.platform}: only commands that ask the cluster work here, and explain --no-host`,
    )
  return openHost({ ...hostPlace(flags), deadline: () => flags.deadline ?? loaded().config.deadline })
}

/** Whether this machine is of the kind that can be asked. */
export function isHost(): boolean {
  return process.platform === 'linux'
}

/** With /proc, the host is our own mount namespace; with another proc file system, that of the host's init. */
export function hostPlace({ procfs, targetPid }: HostFlags): { procfs: string; targetPid: number | null } {
  return { procfs, targetPid: targetPid ?? (procfs === '/proc' ? null : 1) }
}

function readPid(text: string): number {
  const pid = Number(text)
  if (!/^\d+$/.test(text) || pid < 1 || pid > 4_194_304)
    throw new InvalidArgumentError('It must be a process id.')
  return pid
}

function readTime(text: string): number {
  const time = parseFlagDuration(text)
  if (time === null || time < 100 || time > 60_000) {
    throw new InvalidArgumentError('It must be a length of time from 100ms to 60s, like 5s.')
  }
  return time
}
