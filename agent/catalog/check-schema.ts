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
import { rangeText } from '#agent/needs/parts/version-range.ts'

/** Each schema reads a few values at startup: compiling it would take longer than it saves. */
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

/** A package of the running kernel is named by it: linux-headers-$(uname -r). */
const fixPackage = word(
  /^\w[\w.+-]*(:[a-z0-9-]+|-\$\(uname -r\))?$/,
  'is not the name of a package (no patterns)',
)

const fix = z
  .strictObject({
    packages: listOf(fixPackage).optional().describe("Installed with the distribution's package manager."),
    modules: listOf(moduleName).optional().describe('Loaded now and at each boot.'),
    sysctls: z
      .record(
        word(/^\w[\w./*-]*$/, 'is not a sysctl'),
        z.union([z.number(), word(/^[\w\s.,:/-]+$/, 'is not a value of a sysctl')]).transform(String),
      )
      .refine((entries) => Object.keys(entries).length <= mostItems, `has more than ${mostItems} settings`)
      .meta({ maxProperties: mostItems })
      .optional()
      .describe('Kernel settings, set now and at each boot: { vm.max_map_count: 262144 }.'),
    run: oneOrMore(command).optional().describe('A command to run afterwards, or several.'),
    note: sentence.optional().describe('What to do when no command can fix it.'),
    reboot: z.literal(true).optional().describe('The fix needs a reboot.'),
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
  if (key === 'all') return 'For every distribution without a more specific entry, except image-based ones.'
  if (imageDistros.some((one) => one === key))
    return 'For this distribution only; it is image-based, so no package can be added.'
  const members = membersOf(key)
  return members.length === 0
    ? 'For this distribution only, by the ID in its os-release.'
    : `For this whole family: ${members.join(', ')}.`
}

/** In RE2 syntax, which is validated when the file is read. */
const pattern = z.string().min(3).max(longestPattern)

/** A check's name is a DNS label, so that it can be part of a label's name and of a URL. */
export const checkName = z
  .string()
  .max(56, 'is longer than 56 characters')
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be a DNS label: a-z, 0-9 and -')
  .refine(
    (name) => name !== noCheck,
    `cannot be the name of a check: the annotation "${prefix}requires: ${noCheck}" asks for no check`,
  )

/** A DNS label: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container */
const containerName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'is not the name of a container')

/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/csi-driver-v1/ */
const driverName = z
  .string()
  .max(63)
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'is not the name of a CSI driver')

/** Keys that any need may have. */
const wordKeys = {
  why: sentence
    .optional()
    .describe('Why it is needed, in a sentence that a tired administrator understands.'),
  source: url.optional().describe('The source of this need: an http(s) address.'),
  unverified: sentence.optional().describe('What no source confirms yet: "the package\'s name on SUSE".'),
  recommended: z
    .boolean()
    .default(false)
    .describe('true: the check is ready without it, but reports it as recommended. Default: false.'),
  when: z
    .strictObject({
      os: names
        .optional()
        .describe('Any of these distributions: ID, ID_LIKE or family (debian, rhel, suse, alpine, arch).'),
      notOs: names.optional().describe('None of these distributions; also matches an unknown distribution.'),
      arch: names.optional().describe("Any of these architectures, by Kubernetes' names: amd64, arm64."),
      kernel: rangeText.optional().describe('Versions of the running kernel: ">=5.4 <6.8".'),
    })
    .meta({ id: 'when' })
    .optional()
    .describe('Where the need applies; every given key must match. Elsewhere it is not-applicable.'),
}

const conflicts = z
  .record(checkName, sentence)
  .refine(
    (entries) => Object.keys(entries).length <= mostConflicts,
    `names more than ${mostConflicts} checks`,
  )
  .meta({ maxProperties: mostConflicts })
  .default({})
  .describe('Checks that want the opposite on the same node, each with what to do when both are wanted.')

/** Keys that a need about the host may have besides those of its kind. */
export const judgedKeys = {
  ...wordKeys,
  conflicts,
  fix: fixByDistro.optional().describe("The fix, by distribution; takes precedence over the check's fix."),
  in: z
    .union([
      z.literal('host'),
      z.strictObject({
        process: z
          .string()
          .regex(/^[\w.-]{1,15}$/, 'is not a process name')
          .describe('The process name (comm): kubelet.'),
      }),
    ])
    .meta({ id: 'in' })
    .default('host')
    .describe(
      'Whose files and programs to check: host, or those of a process with its own mount namespace. Default: host.',
    ),
}

/** For needs whose answer does not depend on a mount namespace. */
function hostAlone(why: string) {
  return z
    .literal('host', { error: `must be host: ${why}` })
    .default('host')
    .describe(`Only host: ${why}.`)
}

/** The same for a kind that asks about the host as a whole. */
export const hostWideKeys = { ...judgedKeys, in: hostAlone('it is the same in every mount namespace') }

/** A need that includes another check; its message and fix are that check's. */
export const checkNeed = z.strictObject({
  check: checkName.describe('Includes another check: its state, its message and its fix.'),
  ...wordKeys,
  in: hostAlone('the needs of that check decide'),
})

/** A need that is ready when any of its alternatives is; these are read one by one. */
export const anyOfNeed = z.strictObject({
  anyOf: z
    .array(z.unknown())
    .min(1)
    .describe('Alternatives: any one is enough; missing when all that apply are missing.'),
  ...wordKeys,
  conflicts,
  fix: judgedKeys.fix,
  in: hostAlone('set it on each alternative'),
})

/** A whole check file; each item of `needs` is read by the schema of its kind. */
export const checkFile = z.strictObject({
  title: sentence.max(80).describe('What the check is about, in a few words.'),
  why: sentence.describe('What happens without it, in a sentence or two.'),
  aliases: z
    .array(checkName)
    .max(mostItems)
    .default([])
    .describe('Other names people search for; they only give a hint.'),
  needs: z.array(z.unknown()).min(1).describe('What the host must have, one item for each need.'),
  fix: fixByDistro.optional().describe('The fix for needs without a more specific one, by distribution.'),
  symptoms: z
    .array(
      z.strictObject({
        log: pattern.describe('A pattern that matches a line of a log; RE2 syntax.'),
        means: sentence.describe('What the line means.'),
        need: z
          .string()
          .max(longestName)
          .optional()
          .describe(
            'The need that is missing where the line stands, as its id: "binary:iscsiadm"; none: it is none of them, and the line is only explained. Default: any of them.',
          ),
        source: url.optional().describe('The source of this symptom: an http(s) address.'),
        unverified: sentence.optional().describe('What no source confirms yet.'),
        ambiguous: z
          .literal(true)
          .optional()
          .describe(
            'The line may as well be about another node or another need: it proves nothing of this host.',
          ),
      }),
    )
    .max(mostItems)
    .default([])
    .describe('How a missing need shows up in logs.'),
  sources: z.array(url).max(mostItems).default([]).describe('Sources of the facts: http(s) addresses.'),
  images: z
    .array(z.string().min(1).max(longestName))
    .max(mostItems)
    .default([])
    .describe('Container images of the workload that the check is for.'),
  containers: z
    .array(containerName)
    .max(mostItems)
    .default([])
    .describe(
      'Names of containers that only this workload has (longhorn-manager, not manager): where one was started, the check matters.',
    ),
  drivers: z
    .array(driverName)
    .max(mostItems)
    .default([])
    .describe('Names of its CSI drivers (driver.longhorn.io): where one is registered, the check matters.'),
})
