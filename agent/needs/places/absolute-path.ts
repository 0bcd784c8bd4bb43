import * as z from 'zod'
import { longestPath, mostParts } from '#agent/model/bounds.ts'

/** A text that may be a place on the host: as long as the kernel takes one, and of as many parts as may be asked about. */
export const boundedPath = z
  .string()
  .max(longestPath)
  .refine((text) => Buffer.byteLength(text) <= longestPath, `is longer than ${longestPath} bytes`)
  .refine((text) => partsOf(text).length <= mostParts, `has more than ${mostParts} parts`)

/** A place on the host, written in one way: from the root, one slash between its parts, none at its end. */
export const absolutePath = boundedPath
  .regex(/^\/[^\p{Cc}]*$/u, 'must begin with /')
  .refine((text) => !partsOf(text).some((part) => part === '.' || part === '..'), 'must not hold . or ..')
  .transform((text) => `/${partsOf(text).join('/')}`)

function partsOf(text: string): readonly string[] {
  return text.split('/').filter(Boolean)
}
