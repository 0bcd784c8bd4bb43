import { InvalidArgumentError, Option } from 'commander'
import type { Logger } from 'pino'
import manifest from '../../package.json' with { type: 'json' }
import type { Config } from '../catalog/config.ts'
import { startHttp } from '../http/start-http.ts'
import type { HttpServer } from '../http/start-http.ts'
import type { PublishStatus, ReportSource } from '../model/report.ts'
import { UsageError } from './errors.ts'

export const portOption = new Option(
  '--port <number>',
  'the port to serve on (default: the config says)',
).argParser(readPort)

export interface ListenOptions {
  readonly board: ReportSource
  readonly log: Logger
  readonly config: Config
  /** Wins over the config's. */
  readonly port: number | undefined
  /** null when nothing is published. */
  readonly publishing: () => PublishStatus | null
}

/** Serves the board where flags and config say; a place that cannot be had is the user's to mend. */
export async function listen({ board, log, config, port, publishing }: ListenOptions): Promise<HttpServer> {
  const place = { host: config.http.host, port: port ?? config.http.port }
  const { version } = manifest
  const start = (host: string) =>
    startHttp({ source: board, log, host, port: place.port, publishing, version })
  try {
    return await start(place.host)
  } catch (error) {
    if (place.host === '::' && codeOf(error) === 'EAFNOSUPPORT') return start('0.0.0.0')
    return explainListen(error, `${place.host}:${place.port}`)
  }
}

/** Of a kernel without IPv6 (ipv6.disable=1) among others. */
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
