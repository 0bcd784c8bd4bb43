import { hostname } from 'node:os'
import { plainLine } from '#agent/model/plain.ts'
import type { Round } from '#agent/model/report.ts'
import { UsageError } from './errors.ts'

/** Of a Node, which is a DNS subdomain: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const form = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/**
 * The Node's name as the downward API gives it (NODE_NAME); null where it is not set. One that no Node can have is not
 * taken for another, nor silently for none: then nothing would be published, and nobody would know why.
 */
export function givenNodeName(): string | null {
  const name = process.env['NODE_NAME'] ?? ''
  if (name === '') return null
  if (form.test(name)) return name
  throw new UsageError(`NODE_NAME is not the name of a Node: "${plainLine(name)}"`)
}

/** The given name, else the host's own, else this machine's. */
export function nodeName({ host }: Round): string {
  return givenNodeName() ?? plainLine(host.hostname ?? hostname())
}
