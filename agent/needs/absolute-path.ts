import * as z from 'zod'

/** A place on the host, written in one way: from the root, one slash between its parts, none at its end. */
export const absolutePath = z
  .string()
  .regex(/^\/[^\p{Cc}]*$/u, 'must begin with /')
  .refine((text) => !text.split('/').some((part) => part === '.' || part === '..'), 'must not hold . or ..')
  .transform((text) => `/${text.split('/').filter(Boolean).join('/')}`)
