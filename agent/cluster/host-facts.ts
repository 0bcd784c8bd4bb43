import * as z from 'zod'
import { containers } from '#agent/model/container.ts'
import { families } from '#agent/model/distro.ts'
import type { FixFacts } from '#agent/model/facts.ts'
import { imageKinds, installers } from '#agent/model/installer.ts'
import type { NodeReport } from '#agent/node/annotation.ts'

/** Whoever may write the annotation may write anything there; in a command these words have no meaning of their own. */
const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+~-]{0,63}$/)

const facts = z.object({
  distro: word.nullable(),
  version: word.nullable(),
  family: z.enum(Object.keys(families)).nullable(),
  installer: z.enum(installers),
  imageBased: z.enum(imageKinds).nullable(),
  kernel: word.nullable(),
  arch: word,
  container: z.enum(containers).nullable(),
})

/** What a fix for that host depends on; null when the annotation says what no host would. */
export function fixFactsOf(host: NodeReport['host']): FixFacts | null {
  const read = facts.safeParse(host)
  if (!read.success) return null
  const { distro: id, version, ...others } = read.data
  return { ...others, distro: { id, like: [], version, variant: null, name: id ?? 'unknown' } }
}
