import { hash } from 'node:crypto'

/** What RFC 6750 (2.1) lets a token be. */
const bearer = /^Bearer +(?<token>[\w.~+/-]+=*)$/i

/** The token of an Authorization header; null where it has none. */
export function tokenIn(header: string | undefined): string | null {
  return bearer.exec(header ?? '')?.groups?.['token'] ?? null
}

/** By this a token is remembered: whoever reads our memory finds no token in it. */
export function fingerprintOf(token: string): string {
  return hash('sha256', token, 'base64url')
}

/**
 * Milliseconds until the token ends by its own word; Infinity when it does not say. Nobody has verified that, so it may only
 * shorten a time.
 */
export function remainingOf(token: string): number {
  const [, payload = ''] = token.split('.')
  try {
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp?: unknown }
    return typeof exp === 'number' ? exp * 1_000 - Date.now() : Infinity
  } catch {
    return Infinity
  }
}
