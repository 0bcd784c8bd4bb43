import * as z from 'zod'
import { longestName, longestPattern } from '#agent/model/bounds.ts'
import { readPattern } from '#agent/model/pattern.ts'
import { absolutePath } from './absolute-path.ts'

const pattern = z
  .string()
  .min(1, 'is empty, and matches everything')
  .max(longestPattern)
  .transform((text, context) => {
    const read = readPattern(text)
    if (!('error' in read)) return read
    context.addIssue({ code: 'custom', message: read.error })
    return z.NEVER
  })

const pathWords =
  'Where it is; {kernel} in it stands for the release of the running kernel, as uname -r says it.'

export const wanted = z
  .strictObject({
    path: absolutePath.describe(pathWords),
    type: z
      .enum(['file', 'directory', 'socket', 'char', 'block', 'fifo', 'any'])
      .optional()
      .describe('What it must be, symbolic links followed; default: any.'),
    mode: z
      .string({ error: 'must be octal in quotes, like "0644"' })
      .regex(/^[0-7]{3,4}$/, 'must be octal, like "0644"')
      .optional()
      .describe('Exactly these permission bits, octal and in quotes: "0600".'),
    matches: pattern
      .optional()
      .describe('What must be somewhere in it; RE2 syntax, ^ and $ match at each line.'),
    notMatches: pattern
      .optional()
      .describe('What must be nowhere in it; RE2 syntax, ^ and $ match at each line.'),
    means: z
      .string()
      .min(1)
      .max(longestName)
      .optional()
      .describe(
        'What the pattern looks for, in words that go after "lacks" (matches) or "has" (notMatches): a nameserver. Nobody is shown the pattern itself.',
      ),
    notEmpty: z.literal(true).optional().describe('It must hold something; of a directory, a name.'),
    exists: z.boolean().optional().describe('false: it must not be there. It goes with path alone.'),
  })
  .meta({
    allOf: [
      {
        anyOf: [
          { not: { properties: { exists: { const: false } }, required: ['exists'] } },
          { maxProperties: 2 },
        ],
      },
      {
        anyOf: [
          { not: { anyOf: ['matches', 'notMatches'].map((key) => ({ required: [key] })) } },
          { properties: { type: { enum: ['file', 'any'] } } },
        ],
      },
      {
        anyOf: [
          { not: { required: ['means'] } },
          { anyOf: ['matches', 'notMatches'].map((key) => ({ required: [key] })) },
        ],
      },
      {
        anyOf: [
          { not: { required: ['notEmpty'] } },
          { properties: { type: { enum: ['file', 'directory', 'any'] } } },
        ],
      },
    ],
  })
  .refine((spec) => spec.exists !== false || Object.keys(spec).length === 2, {
    error: 'exists: false goes with path alone',
    path: ['exists'],
  })
  .refine((spec) => spec.means === undefined || hasPattern(spec), {
    error: 'means goes with matches or notMatches',
    path: ['means'],
  })
  .refine((spec) => !needsText(spec) || ['file', 'any', undefined].includes(spec.type), {
    error: 'matches and notMatches go with a regular file only, and notEmpty with that or a directory',
    path: ['type'],
  })

export const schema = z.strictObject({
  file: z
    .union([absolutePath.transform((text) => ({ path: text })), wanted])
    .describe('Something at a path of the host, symbolic links followed.'),
})

/** What a need says of a file's content. */
interface Content {
  readonly type?: string | undefined
  readonly matches?: unknown
  readonly notMatches?: unknown
  readonly notEmpty?: true | undefined
}

export function isFolder(spec: Content): boolean {
  return spec.type === 'directory' && spec.notEmpty === true
}

export function needsText(spec: Content): boolean {
  return hasPattern(spec) || (spec.notEmpty === true && !isFolder(spec))
}

export function hasPattern(spec: Content): boolean {
  return spec.matches !== undefined || spec.notMatches !== undefined
}
