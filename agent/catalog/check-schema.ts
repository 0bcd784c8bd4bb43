import * as z from 'zod'
import { fixKeys, membersOf } from '#agent/fixes/families.ts'
import { imageDistros } from '#agent/model/distro.ts'
import {
  longestAddress,
  longestCommand,
  longestName,
  longestPattern,
  mostConflicts,
  mostItems,
} from '#agent/model/bounds.ts'
import { noCheck, prefix } from '#agent/model/names.ts'
import { listOf, word } from '#agent/needs/parts/bounded.ts'
import { moduleName } from '#agent/needs/kernel/kernel-module.ts'
import { packageName } from '#agent/needs/package/package.ts'
import { rangeText } from '#agent/needs/parts/version-range.ts'

/** Each schema reads a few values at the start: compiling it would take longer than it saves. */
z.config({ jitless: true })

const sentence = z.string().trim().min(1).max(500)
const url = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
  .max(longestAddress)
  .meta({ pattern: '^https?://' })

function oneOrMore<Item extends z.ZodString>(item: Item) {
  return z.union([item.transform((text) => [text]), listOf(item)])
}

const command = z.string().min(1).max(longestCommand)
const names = oneOrMore(z.string().min(1).max(longestName))

const fix = z
  .strictObject({
    packages: listOf(packageName).optional().describe("Installed with the distribution's package manager."),
    modules: listOf(moduleName).optional().describe('Loaded now and at each boot.'),
    sysctls: z
      .record(
        word(/^\w[\w./*-]*$/, 'is not a sysctl'),
        z.union([z.number(), word(/^[\w\s.,:/-]+$/, 'is not a value of a sysctl')]).transform(String),
      )
      .refine((entries) => Object.keys(entries).length <= mostItems, `has more than ${mostItems} settings`)
      .meta({ maxProperties: mostItems })
      .optional()
      .describe('Settings of the kernel, set now and at each boot: { vm.max_map_count: 262144 }.'),
    run: oneOrMore(command).optional().describe('A command to run afterwards, or several.'),
    note: sentence.optional().describe('What to do where no command does it.'),
    reboot: z.literal(true).optional().describe('It takes a reboot.'),
  })
  .refine((entry) => Object.values(entry).some((part) => part !== undefined), {
    error: 'says nothing',
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ id: 'fix', minProperties: 1 })

const fixByDistro = z
  .strictObject(Object.fromEntries(fixKeys.map((key) => [key, fix.exactOptional().describe(keyWords(key))])))
  .refine((entries) => Object.keys(entries).length > 0, {
    error: 'is empty',
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ id: 'fixes', minProperties: 1 })

function keyWords(key: string): string {
  if (key === 'all')
    return 'For every distribution without a nearer entry, but for those whose host is one image.'
  if (imageDistros.some((one) => one === key))
    return 'For this one alone; its host is one image, to which no package can be added.'
  const members = membersOf(key)
  return members.length === 0
    ? 'For this one alone, as its os-release calls it (ID).'
    : `For all of this family: ${members.join(', ')}.`
}

/** RE2 syntax, which is looked at where the file is read. */
const pattern = z.string().min(3).max(longestPattern)

/** A check's name: a DNS label, so that it can be a label's name, and a URL's part. */
export const checkName = z
  .string()
  .max(56, 'is longer than 56 characters')
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be a DNS label: a-z, 0-9 and -')
  .refine(
    (name) => name !== noCheck,
    `cannot be the name of a check: the annotation "${prefix}requires: ${noCheck}" asks for no check`,
  )

/** What any need may carry. */
const wordKeys = {
  why: sentence
    .optional()
    .describe('Why it is needed, in a sentence that a tired administrator understands.'),
  source: url.optional().describe('Where that is from: an http(s) address.'),
  unverified: sentence
    .optional()
    .describe('What of it no source bears out yet: "the package\'s name on SUSE".'),
  recommended: z
    .boolean()
    .default(false)
    .describe('true: the check is ready without it, and says that it is recommended. Default: false.'),
  when: z
    .strictObject({
      os: names
        .optional()
        .describe('Distributions, any of: ID, ID_LIKE or family (debian, rhel, suse, alpine, arch).'),
      notOs: names
        .optional()
        .describe('Distributions, none of; also holds where the distribution is not known.'),
      arch: names.optional().describe("Architectures, any of, by Kubernetes' names: amd64, arm64."),
      kernel: rangeText.optional().describe('Versions of the running kernel: ">=5.4 <6.8".'),
    })
    .meta({ id: 'when' })
    .optional()
    .describe('Where it applies; every key given must match. Elsewhere it is not-applicable.'),
}

const conflicts = z
  .record(checkName, sentence)
  .refine(
    (entries) => Object.keys(entries).length <= mostConflicts,
    `names more than ${mostConflicts} checks`,
  )
  .meta({ maxProperties: mostConflicts })
  .default({})
  .describe('Checks that want the opposite on the same node, each with what to do where both are wanted.')

/** What a need that asks the host may carry beside its kind's own keys. */
export const judgedKeys = {
  ...wordKeys,
  conflicts,
  fix: fixByDistro.optional().describe("What mends it, by distribution; nearer than the check's own fix."),
  in: z
    .union([
      z.literal('host'),
      z.strictObject({
        process: z
          .string()
          .regex(/^[\w.-]{1,15}$/, 'is not a process name')
          .describe('Its name (comm): kubelet.'),
      }),
    ])
    .meta({ id: 'in' })
    .default('host')
    .describe(
      'Whose files and programs: host, or those of a process with a mount namespace of its own. Default: host.',
    ),
}

/** Where it makes no difference whose mount namespace it is. */
function hostAlone(why: string) {
  return z
    .literal('host', { error: `must be host: ${why}` })
    .default('host')
    .describe(`host alone: ${why}.`)
}

/** The keys beside a kind that asks of the host as a whole. */
export const hostWideKeys = { ...judgedKeys, in: hostAlone('it is the same in every mount namespace') }

/** A need that takes in another check; its words and its fix are that check's. */
export const checkNeed = z.strictObject({
  check: checkName.describe('Another check, taken in whole: its state, its words and its fix.'),
  ...wordKeys,
  in: hostAlone('its own needs say it'),
})

/** Ready when any of its needs is; they are read one by one. */
export const anyOfNeed = z.strictObject({
  anyOf: z
    .array(z.unknown())
    .min(1)
    .describe('Needs of which any is enough; missing when all of them are that apply.'),
  ...wordKeys,
  conflicts,
  fix: judgedKeys.fix,
  in: hostAlone('say it of each need inside'),
})

/** A whole check file; each item of `needs` is read by its own kind's schema. */
export const checkFile = z.strictObject({
  title: sentence.max(80).describe('What it is of, in a few words.'),
  why: sentence.describe('What happens without it, in a sentence or two.'),
  aliases: z
    .array(checkName)
    .max(mostItems)
    .default([])
    .describe('What people look for it by besides its name: they lead to it, and are the name of nothing.'),
  needs: z.array(z.unknown()).min(1).describe('What the host must have, a line each.'),
  fix: fixByDistro
    .optional()
    .describe('What mends those of its needs that nothing nearer mends, by distribution.'),
  symptoms: z
    .array(
      z.strictObject({
        log: pattern.describe('A pattern in logs; RE2 syntax.'),
        means: sentence.describe('What it means.'),
        source: url.optional().describe('Where that is from: an http(s) address.'),
        unverified: sentence.optional().describe('What of it no source bears out yet.'),
      }),
    )
    .max(mostItems)
    .default([])
    .describe('What its absence looks like in logs.'),
  sources: z.array(url).max(mostItems).default([]).describe('Where its facts are from: http(s) addresses.'),
  images: z
    .array(z.string().min(1).max(longestName))
    .max(mostItems)
    .default([])
    .describe('Container images of the workload that it is for.'),
})
