import { RE2JS } from 're2js'
import * as z from 'zod'
import { fixKeys } from '../fixes/families.ts'
import { parseRange } from '../versions/range.ts'
import { didYouMean } from './mistake.ts'

const name = (what: string, pattern: RegExp) => z.string().regex(pattern, `is not a ${what}`)
const sentence = z.string().trim().min(1).max(500)
const url = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' })
const textOrList = z.union([
  z
    .string()
    .min(1)
    .transform((text) => [text]),
  z.array(z.string().min(1)).min(1),
])

const fix = z
  .strictObject({
    packages: z
      .array(name('package name', /^[\w.+:@-]+$/))
      .min(1)
      .optional(),
    modules: z
      .array(name('module name', /^[\w-]+$/))
      .min(1)
      .optional(),
    sysctls: z
      .record(
        name('sysctl', /^[\w./*-]+$/),
        z.union([z.number(), z.string().regex(/^[\w\s.,:/-]+$/)]).transform(String),
      )
      .optional(),
    run: textOrList.optional(),
    note: sentence.optional(),
    reboot: z.literal(true).optional(),
  })
  .refine((entry) => Object.values(entry).some((part) => part !== undefined), {
    error: 'says nothing',
    when: ({ issues }) => issues.length === 0,
  })

const fixByDistro = z
  .record(
    z.string().refine((key) => fixKeys.includes(key), {
      error: (issue) =>
        `unknown distribution ${String(issue.input)}${didYouMean(String(issue.input), fixKeys)}`,
    }),
    fix,
  )
  .refine((entries) => Object.keys(entries).length > 0, 'is empty')

const range = z.string().superRefine((text, context) => {
  const parsed = parseRange(text)
  if ('error' in parsed) context.addIssue({ code: 'custom', message: parsed.error })
})

const pattern = z
  .string()
  .min(3)
  .max(1000)
  .superRefine((text, context) => {
    try {
      RE2JS.compile(text)
    } catch (error) {
      context.addIssue({
        code: 'custom',
        message: `is not a pattern in RE2 syntax: ${(error as Error).message}`,
      })
    }
  })

/** What any need may carry beside its kind's own keys. */
export const commonKeys = {
  why: sentence.optional(),
  source: url.optional(),
  /** What of it no source bears out yet: "the package's name on SUSE". */
  unverified: sentence.optional(),
  recommended: z.boolean().default(false),
  when: z
    .strictObject({
      os: textOrList.optional(),
      notOs: textOrList.optional(),
      arch: textOrList.optional(),
      kernel: range.optional(),
    })
    .optional(),
  fix: fixByDistro.optional(),
  in: z
    .union([
      z.literal('host'),
      z.strictObject({ process: z.string().regex(/^[\w.-]{1,15}$/, 'is not a process name') }),
    ])
    .default('host'),
}

/** Where it makes no difference whose mount namespace it is. */
function hostAlone(why: string) {
  return z.literal('host', { error: `must be host: ${why}` }).default('host')
}

/** The keys beside a kind that asks of the host as a whole. */
export const hostWideKeys = { ...commonKeys, in: hostAlone('it is the same in every mount namespace') }

/** A check's name: a DNS label, so that it can be a label's name, and a URL's part. */
export const checkName = z
  .string()
  .max(56, 'is longer than 56 characters')
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be a DNS label: a-z, 0-9 and -')

/** A need that takes in another check. */
export const checkNeed = z.strictObject({
  check: checkName,
  ...commonKeys,
  in: hostAlone('its own needs say it'),
})

/** Ready when any of its needs is; they are read one by one. */
export const anyOfNeed = z.strictObject({
  anyOf: z.array(z.unknown()).min(1),
  ...commonKeys,
  in: hostAlone('say it of each need inside'),
})

/** A whole check file; each item of `needs` is read by its own kind's schema. */
export const checkFile = z.strictObject({
  title: sentence.max(80),
  why: sentence,
  needs: z.array(z.unknown()).min(1),
  fix: fixByDistro.optional(),
  symptoms: z
    .array(
      z.strictObject({
        log: pattern,
        means: sentence,
        source: url.optional(),
        unverified: sentence.optional(),
      }),
    )
    .default([]),
  sources: z.array(url).default([]),
  images: z.array(z.string().min(1)).default([]),
})
