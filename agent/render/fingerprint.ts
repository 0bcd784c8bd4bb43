import { createHash } from 'node:crypto'

/** A hash of the text: an ETag without its quotes. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}
