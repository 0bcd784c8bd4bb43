import type { IncomingMessage } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'
import type { AddressInfo } from 'node:net'

/** Why a request is refused for the host that it names: an HTTP status, and a sentence for people. */
export type HostRefusal = readonly [status: number, detail: string]

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** A name, IPv4 address or bracketed IPv6 address, with or without a port; user names and paths do not match. */
const authority = /^(?:\[(?<ipv6>[\da-f:.]+)\]|(?<name>[\da-z.-]+))(?::\d*)?$/i

/** A request target that includes a host, as sent to proxies; by RFC 9112 (3.2.2) it wins over the header. */
const absoluteForm = /^[a-z][a-z\d+.-]*:\/\/(?<authority>[^/?#]*)/i

/**
 * The refusal of a request that names the wrong host, or null.
 *
 * On a loopback address it accepts only names that nobody else can point there. Another site's web page can have its own name
 * resolve to 127.0.0.1 ("DNS rebinding"); the browser then takes it for the same origin as ours and lets it read our answers. The
 * Host header reveals it. On other addresses people use names that we do not know: those of Services and Nodes.
 *
 * `Origin` need not be checked: no request changes anything, and without CORS headers a page of another origin cannot read an answer.
 *
 * @param isLocal whether the server listens on loopback
 */
export function refuseHost(request: IncomingMessage, isLocal: boolean): HostRefusal | null {
  const hosts = hostHeaders(request.rawHeaders)
  if (hosts.length > 1) return [400, 'there is more than one Host header']
  // Clients of HTTP/1.0 may leave it out; browsers never do.
  if (hosts.length === 0 && request.httpVersion === '1.1') return [400, 'there is no Host header']
  if (!isLocal) return null
  const target = absoluteForm.exec(request.url ?? '')?.groups?.['authority']
  const named = target === undefined ? hosts : [...hosts, target]
  return named.every(isOwnName) ? null : misdirected
}

const misdirected: HostRefusal = [
  421,
  'on a loopback address the server answers only to localhost, 127.0.0.1 and [::1], so that no other web page can read it',
]

function hostHeaders(raw: readonly string[]): string[] {
  const hosts: string[] = []
  for (let index = 0; index < raw.length; index += 2) {
    const [name = '', value = ''] = [raw[index], raw[index + 1]]
    if (name.length === 4 && name.toLowerCase() === 'host') hosts.push(value)
  }
  return hosts
}

/** By the address that the server listens on: a forwarded port also comes from 127.0.0.1. */
export function isLoopback(local: AddressInfo | string | null): boolean {
  return local !== null && typeof local === 'object' && isLoopbackAddress(local.address)
}

/** Nearly all requests name the same host, and reading an address takes long beside all else of a small answer. */
let lastOwnName = ''

function isOwnName(host: string): boolean {
  if (host !== '' && host === lastOwnName) return true
  if (!readsAsOwnName(host)) return false
  lastOwnName = host
  return true
}

/** "localhost." is the same name, fully qualified (RFC 6761). Names below it are not: anyone might resolve them. */
function readsAsOwnName(host: string): boolean {
  const { ipv6, name = '' } = authority.exec(host)?.groups ?? {}
  if (ipv6 !== undefined) return isLoopbackAddress(ipv6)
  return /^localhost\.?$/i.test(name) || isLoopbackAddress(name)
}

function isLoopbackAddress(text: string): boolean {
  return loopback.check(text, isIPv6(text) ? 'ipv6' : 'ipv4')
}
