import * as z from 'zod'
import { mostNeeds } from '#agent/model/bounds.ts'
import { kinds } from '#agent/needs/index.ts'
import { anyOfNeed, checkFile, checkNeed } from './check-schema.ts'
import { wholeSchema } from './read-need.ts'

/** The part of a JSON Schema that our own code reads. */
export interface JsonSchema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, JsonSchema>>
}

/**
 * The JSON Schema of a check file, for editors, made from the schemas that read it. It contains every rule that a JavaScript
 * regular expression or a JSON Schema keyword can express; `checks lint` reports the rest.
 */
export function fileSchema(): JsonSchema {
  const need: z.ZodType = z
    .lazy(() =>
      z.union([
        ...Object.entries(kinds).map(([id, kind]) =>
          wholeSchema(kind).meta({ ...wholeSchema(kind).meta(), id }),
        ),
        checkNeed.meta({ id: 'check' }),
        anyOfNeed
          .safeExtend({
            anyOf: z
              .array(need)
              .min(1)
              .max(mostNeeds)
              .describe(anyOfNeed.shape.anyOf.description ?? ''),
          })
          .meta({ id: 'anyOf' }),
      ]),
    )
    .meta({ id: 'need' })
  const needs = z
    .array(need)
    .min(1)
    .max(mostNeeds)
    .describe(checkFile.shape.needs.description ?? '')
  return z.toJSONSchema(checkFile.safeExtend({ needs }), {
    io: 'input',
    unrepresentable: 'any',
  }) as JsonSchema
}
