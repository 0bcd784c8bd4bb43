import { pino } from 'pino'
import type { Logger } from 'pino'

/** Pretty on a terminal, else a JSON object a line; through stdout, whose errors are minded (`watchOutput`). */
export async function openLog(): Promise<Logger> {
  const options = { name: 'hostdeps' }
  if (!process.stdout.isTTY) return pino(options, process.stdout)
  // A stream of this process: pino's transports are files that a worker loads, which a bundle has not.
  const { default: pretty } = await import('pino-pretty')
  return pino(options, pretty({ ignore: 'pid,hostname', sync: true }))
}

/** Resolves with the signal that ends a command which else goes on for ever. */
export function endSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
}
