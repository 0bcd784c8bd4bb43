import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import type { Logger } from 'pino'
import manifest from '../../package.json' with { type: 'json' }
import type { Config } from '../catalog/config.ts'
import { startHttp } from '../http/start-http.ts'
import type { HttpServer } from '../http/start-http.ts'
import type { PublishStatus, ReportSource } from '../model/report.ts'
import { UsageError } from './errors.ts'

/** Where to serve; each wins over the config, which may be invalid, or written by somebody else. */
export interface PlaceFlags {
  readonly host?: string
  readonly port?: number
}

export function addPlaceFlags(command: Command): Command {
  return command
    .option('--host <address>', 'the address to serve on (default: the config says)')
    .addOption(
      new Option('--port <number>', 'the port to serve on (default: the config says)').argParser(readPort),
    )
}

export interface ListenOptions {
  readonly board: ReportSource
  readonly log: Logger
  readonly config: Config
  readonly flags: PlaceFlags
  /** null when nothing is published. */
  readonly publishing: () => PublishStatus | null
}

/** Serves the board where flags and config say; a place that cannot be had is the user's to mend. */
export async function listen({ board, log, config, flags, publishing }: ListenOptions): Promise<HttpServer> {
  const place = { host: flags.host ?? config.http.host, port: flags.port ?? config.http.port }
  const { version } = manifest
  const start = (host: string) =>
    startHttp({ source: board, log, host, port: place.port, publishing, version })
  try {
    return await start(place.host).catch((error: unknown) => {
      if (place.host === '::' && hasNoIpv6(error)) return start('0.0.0.0')
      throw error
    })
  } catch (error) {
    return explainListen(error, `${place.host}:${place.port}`)
  }
}

/** Of a kernel that was booted with ipv6.disable=1, or built without it. Where a sysctl disables it, "::" is IPv4 too. */
function hasNoIpv6(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null
}

function explainListen(error: unknown, place: string): never {
  const code = codeOf(error)
  if (code === 'EADDRINUSE') {
    throw new UsageError(`${place} is taken, maybe by another hostdeps; --port chooses another port`)
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    throw new UsageError(`${place} cannot be listened on: ${code}`)
  }
  throw error
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a port, 0 to 65535.')
  return port
}
