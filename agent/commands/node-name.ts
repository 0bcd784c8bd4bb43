import { hostname } from 'node:os'
import type { Round } from '../model/report.ts'

/** The Node's name as the downward API gives it (NODE_NAME), else the host's own, else this machine's. */
export function nodeName({ host }: Round): string {
  return process.env['NODE_NAME'] ?? host.hostname ?? hostname()
}
