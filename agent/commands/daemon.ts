import { pino } from 'pino'
import type { Logger } from 'pino'

/** Pretty on a terminal, else a JSON object a line. */
export function openLog(): Logger {
  const pretty = { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } }
  return pino({ name: 'hostdeps', ...(process.stdout.isTTY ? pretty : {}) })
}

/** Resolves with the signal that ends a command which else goes on for ever. */
export function endSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
}
