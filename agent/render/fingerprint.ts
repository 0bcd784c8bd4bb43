import { createHash } from 'node:crypto'

/** The same for the same text: an ETag without its quotes. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}
