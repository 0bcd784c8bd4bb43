import { hostname } from 'node:os'
import { objectName } from '#agent/model/names.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { Round } from '#agent/model/report.ts'
import { UsageError } from './errors.ts'

/**
 * The Node's name from the downward API (NODE_NAME); null when it is not set. An invalid name is an error: ignoring it would
 * publish nothing, and nobody would know why.
 */
export function givenNodeName(): string | null {
  const name = process.env['NODE_NAME'] ?? ''
  if (name === '') return null
  if (objectName.test(name)) return name
  throw new UsageError(`NODE_NAME is not a valid name of a Node: "${plainLine(name)}"`)
}

/** NODE_NAME, else the host's name, else this machine's. */
export function nodeName({ host }: Round): string {
  return givenNodeName() ?? plainLine(host.hostname ?? hostname())
}
