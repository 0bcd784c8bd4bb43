import { isIPv6 } from 'node:net'
import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import type { Logger } from 'pino'
import manifest from '../../../../package.json' with { type: 'json' }
import type { Config } from '#agent/catalog/config.ts'
import { startHttp } from '#agent/http/start-http.ts'
import type { HttpServer } from '#agent/http/start-http.ts'
import { UnusableOption } from '#agent/http/unusable-option.ts'
import type { Explain } from '#agent/model/explanation.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { PublishStatus, ReportSource } from '#agent/model/report.ts'
import { UsageError } from '#agent/commands/wiring/errors.ts'
import { addSecureFlags, openSecure } from './secure-flags.ts'
import type { SecureFlags } from './secure-flags.ts'

/** Where to serve; flags override the config, which may be invalid, or written by somebody else. */
export interface PlaceFlags extends SecureFlags {
  readonly host?: string
  readonly port?: number
}

export function addPlaceFlags(command: Command): Command {
  const placed = command
    .addOption(
      new Option('--host <address>', 'the address to serve on (default: from the config)').argParser(
        readHost,
      ),
    )
    .addOption(
      new Option('--port <number>', 'the port to serve on (default: from the config)').argParser(readPort),
    )
  return addSecureFlags(placed)
}

export interface ListenOptions {
  readonly store: ReportSource
  readonly log: Logger
  readonly config: Config
  readonly flags: PlaceFlags
  /** null where logs are not explained. */
  readonly explain: Explain | null
  /** null when nothing is published. */
  readonly publishing: () => PublishStatus | null
}

/** Serves the store at the address of flags or config. Failing to listen there is a usage error. */
export async function listen(options: ListenOptions): Promise<HttpServer> {
  const { store, log, config, flags, explain, publishing } = options
  const place = { host: flags.host ?? config.http.host, port: flags.port ?? config.http.port }
  const { version } = manifest
  const secure = await openSecure(flags, log)
  const start = (host: string) =>
    startHttp({ source: store, log, host, port: place.port, explain, publishing, version, ...secure })
  try {
    return await start(place.host).catch((error: unknown) => {
      if (place.host === '::' && hasNoIpv6(error)) return start('0.0.0.0')
      throw error
    })
  } catch (error) {
    throw explainListen(error, place)
  }
}

/** Whether the kernel was booted with ipv6.disable=1 or built without IPv6. If a sysctl disables it, "::" still takes IPv4. */
function hasNoIpv6(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL'
}

/** The error code of a system call that failed, or was not even tried (a host with a NUL in it); null for other errors. */
function codeOf(error: unknown): string | null {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === 'ERR_INVALID_ARG_VALUE') return 'EINVAL'
  return syscall === undefined || code === undefined ? null : code
}

/** Explains in one line why the address cannot be used; an error of no system call is our own bug. */
function explainListen(error: unknown, { host, port }: { host: string; port: number }): unknown {
  if (error instanceof UnusableOption) return new UsageError(error.message)
  const code = codeOf(error)
  if (code === null) return error
  const place = `${isIPv6(host) ? `[${host}]` : plainLine(host)}:${port}`
  if (code === 'EADDRINUSE')
    return new UsageError(
      `${place} is already in use, maybe by another hostdeps; choose another port with --port`,
    )
  const hint = code === 'EINVAL' && isIPv6(host) ? noInterface : (hints[code] ?? '')
  return new UsageError(`cannot listen on ${place}: ${code}${hint}`)
}

const noName = ', the name or address is unknown'
const noInterface = ', a link-local address (fe80::) needs its interface, like fe80::1%eth0'

const hints: Readonly<Record<string, string>> = {
  EACCES: ', this user is not allowed to',
  EADDRNOTAVAIL: ', this machine has no such address',
  EAI_AGAIN: ', the name server does not answer',
  EAI_FAIL: noName,
  EAI_NONAME: noName,
  EINVAL: noName,
  ENOTFOUND: noName,
}

function readHost(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must be an address, like 127.0.0.1 or ::.')
  return text
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a port, 0 to 65535.')
  return port
}
