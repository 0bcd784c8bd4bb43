import { pino } from 'pino'
import type { Logger } from 'pino'

/** Logs prettily on a terminal, else one JSON object per line; to stdout, whose errors `watchOutput` handles. */
export async function openLog(): Promise<Logger> {
  const options = { name: 'hostdeps' }
  if (!process.stdout.isTTY) return pino(options, process.stdout)
  // In this process: pino's transports are files that a worker loads, which the bundle does not have.
  const { default: pretty } = await import('pino-pretty')
  return pino(options, pretty({ ignore: 'pid,hostname', sync: true }))
}

/** Resolves with the signal that ends a daemon. */
export function endSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
}
