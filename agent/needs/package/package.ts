import * as z from 'zod'
import type { Facts, PackageManager } from '#agent/model/facts.ts'
import type { Kind } from '#agent/model/need.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import type { Compare } from '#agent/versions/order.ts'
import { inRange, lenient } from '#agent/versions/range.ts'
import { listOf, word } from '#agent/needs/parts/bounded.ts'
import { apk } from './apk.ts'
import { dpkg } from './dpkg.ts'
import type { Family } from './package-family.ts'
import { pacman } from './pacman.ts'
import { rpm } from './rpm.ts'
import type { FindPackage, PackageState } from './package-state.ts'
import { versionRange } from '#agent/needs/parts/version-range.ts'

/** Exact names: a pattern would find packages that nobody meant. dpkg lists some with their architecture. */
const packageName = word(/^\w[\w.+-]*(:[a-z0-9-]+)?$/, 'is not the name of a package (no patterns)')

const schema = z.strictObject({
  package: z
    .union([packageName.transform((one) => [one]), listOf(packageName)])
    .describe(
      "An installed package of the host's own package manager: a name, or several of which any is enough.",
    ),
  version: versionRange
    .optional()
    .describe('What its version must satisfy, by the order of that package manager: ">=2.1".'),
})

type Spec = z.infer<typeof schema>

const families: Readonly<Record<Exclude<PackageManager, 'none' | 'unknown'>, Family>> = {
  dpkg,
  rpm,
  apk,
  pacman,
}

/** A package of the host's own package manager, by one question for all of them. */
export const packageNeed: Kind<typeof schema> = {
  name: 'package',
  schema,
  isHostWide: true,
  subject: (spec) => spec.package.join('|'),
  questions(_, facts) {
    const family = familyOf(facts)
    return family === null ? [] : [family.question]
  },
  judge(spec, answers, facts) {
    if (facts.packages === 'none') {
      return verdict('NotApplicable', { why: `${facts.distro.name} has no package manager` })
    }
    const family = familyOf(facts)
    if (family === null) return verdict('PackageManagerUnknown', { os: facts.distro.name })
    const find = family.open(answers)
    if (typeof find !== 'function') return unanswered('the package database', find)
    return judgeNames(spec, family === dpkg ? find : byBareName(find), family.compare)
  },
}

function familyOf({ packages }: Facts): Family | null {
  return packages === 'none' || packages === 'unknown' ? null : families[packages]
}

/** "libc6:amd64" is how dpkg alone tells its architectures apart. */
function byBareName(find: FindPackage): FindPackage {
  return (name) => find(name.replace(/:.*/, ''))
}

/** Which of several names speaks: one that will do, then one that may, then the one that is nearest. */
const best = [
  'PackageInstalled',
  'PackageVersionUnknown',
  'QuestionFailed',
  'PackageTooOld',
  'PackageBroken',
  'PackageRemoved',
]

function judgeNames(spec: Spec, find: FindPackage, compare: Compare): Verdict {
  const verdicts = spec.package.map((one) => judgeState(spec, one, { found: find(one), compare }))
  const told = best.flatMap((reason) => verdicts.find((one) => one.reason === reason) ?? [])[0]
  const evidence = ['the package database does not have it']
  return told ?? verdict('PackageNotInstalled', { names: spec.package }, { evidence })
}

function judgeState(spec: Spec, one: string, seen: { found: PackageState; compare: Compare }): Verdict {
  const { found, compare } = seen
  switch (found.state) {
    case 'absent':
      return verdict('PackageNotInstalled', { names: [one] })
    case 'unlisted':
      return verdict('QuestionFailed', { what: `package ${one}`, detail: found.detail })
    case 'removed':
      return verdict(
        'PackageRemoved',
        { name: one },
        { evidence: [`dpkg: ${one} deinstall ok config-files`] },
      )
    case 'broken': {
      const evidence = [`dpkg: ${one} ${found.status}`]
      return verdict(
        'PackageBroken',
        { name: one, status: found.status },
        { evidence, fix: { run: found.fix } },
      )
    }
    case 'provided':
      return judgeProvided(spec, one, { ...found, compare })
    default:
      return judgeVersion(spec, one, { ...found, compare, evidence: [`${one} ${found.version}`] })
  }
}

/** As deb-control(5) has it: who provides a name without a version says nothing of its version. */
function judgeProvided(
  spec: Spec,
  one: string,
  found: { version: string | null; by: string; compare: Compare },
): Verdict {
  const { version, by } = found
  const evidence = [version === null ? `${one}, provided by ${by}` : `${one} ${version}, provided by ${by}`]
  if (version !== null) return judgeVersion(spec, one, { version, compare: found.compare, evidence })
  if (spec.version !== undefined) return verdict('PackageVersionUnknown', { name: one, by }, { evidence })
  return verdict('PackageInstalled', { name: one, version: `(provided by ${by})` }, { evidence })
}

function judgeVersion(
  spec: Spec,
  one: string,
  found: { version: string; compare: Compare; evidence: readonly string[] },
): Verdict {
  const { version, compare, evidence } = found
  if (spec.version !== undefined && !inRange(version, spec.version.range, lenient(compare))) {
    return verdict('PackageTooOld', { name: one, version, wanted: spec.version.text }, { evidence })
  }
  return verdict('PackageInstalled', { name: one, version }, { evidence })
}
