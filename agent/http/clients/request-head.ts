import type { IncomingMessage } from 'node:http'

/**
 * Why a request is refused that Node.js's parser takes and others read otherwise, or null. In front of us may be a proxy, and what
 * the two understand differently smuggles requests.
 */
export function refuseHead({ httpVersion, headers, url = '' }: IncomingMessage): string | null {
  if (!/^1\.[01]$/.test(httpVersion)) return 'this is not HTTP/1.1'
  // HTTP/1.0 has no such header: who passes it on may take the body's chunks for its length (RFC 9112, 6.1).
  if (httpVersion === '1.0' && headers['transfer-encoding'] !== undefined)
    return 'HTTP/1.0 has no Transfer-Encoding'
  // "*" is the server as a whole, and the router would take it for "/" (RFC 9112, 3.2.4). "#" never reaches a server.
  if (url.startsWith('*') || url.includes('#')) return 'this is not the URL of a request'
  return null
}
