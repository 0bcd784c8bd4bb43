import * as z from 'zod'
import { kinds } from '../needs/index.ts'
import { anyOfNeed, checkFile, checkNeed } from './check-schema.ts'
import { wholeSchema } from './read-need.ts'

/** The JSON Schema of a check file, for editors: made from the very schemas that read it. */
export function fileSchema(): unknown {
  const need: z.ZodType = z.lazy(() =>
    z.union([
      ...Object.values(kinds).map(wholeSchema),
      checkNeed,
      anyOfNeed.safeExtend({ anyOf: z.array(need).min(1) }),
    ]),
  )
  const whole = checkFile.safeExtend({ needs: z.array(need).min(1) })
  return z.toJSONSchema(whole, { io: 'input', unrepresentable: 'any', reused: 'ref' })
}
