import * as z from 'zod'
import type { Answers } from '../model/answers.ts'
import type { Facts, PackageManager } from '../model/facts.ts'
import type { Kind } from '../model/need.ts'
import type { Question } from '../model/question.ts'
import { unanswered, verdict } from '../model/reason.ts'
import type { Verdict } from '../model/reason.ts'
import { inRange, lenient } from '../versions/range.ts'
import { findDeb, debQuestion } from './package-dpkg.ts'
import { apkQuestion, findApk } from './package-apk.ts'
import { findPacman, pacmanQuestion } from './package-pacman.ts'
import { findRpm, rpmQuestion } from './package-rpm.ts'
import type { DatabaseRead, PackageState } from './package-state.ts'
import type { Compare } from '../versions/order.ts'
import { compareApkVersions } from '../versions/apk.ts'
import { compareDebVersions } from '../versions/deb.ts'
import { comparePacmanVersions } from '../versions/pacman.ts'
import { compareRpmVersions } from '../versions/rpm.ts'
import { versionRange } from './version-range.ts'

/** Exact names: a pattern would find packages that nobody meant. */
const name = z.string().regex(/^[\w][\w.+-]*$/, 'is not the name of a package (no patterns)')

const schema = z.strictObject({
  /** A name, or several of which any is enough. */
  package: z.union([name.transform((one) => [one]), z.array(name).min(1)]),
  /** By the order of the host's own package manager. */
  version: versionRange.optional(),
})

type Spec = z.infer<typeof schema>

interface Family {
  readonly question: Question
  readonly read: (answers: Answers) => DatabaseRead
  readonly compare: Compare
}

const families: Readonly<Record<Exclude<PackageManager, 'none' | 'unknown'>, Family>> = {
  dpkg: { question: debQuestion, read: findDeb, compare: compareDebVersions },
  rpm: { question: rpmQuestion, read: findRpm, compare: compareRpmVersions },
  apk: { question: apkQuestion, read: findApk, compare: compareApkVersions },
  pacman: { question: pacmanQuestion, read: findPacman, compare: comparePacmanVersions },
}

/** A package of the host's own package manager, by one question for all of them. */
export const packageNeed: Kind<typeof schema> = {
  name: 'package',
  schema,
  subject: (spec) => spec.package.join('|'),
  questions: (_, facts) => familyOf(facts).map((family) => family.question),
  judge(spec, answers, facts) {
    if (facts.packages === 'none') {
      return verdict('NotApplicable', { why: `${facts.distro.name} has no package manager` })
    }
    const [family] = familyOf(facts)
    if (family === undefined) return verdict('PackageManagerUnknown', { os: facts.distro.name })
    const database = family.read(answers)
    if (typeof database !== 'function') return unanswered('the package database', database)
    return judgeStates(spec, database, family.compare)
  },
}

function familyOf(facts: Facts): readonly Family[] {
  const { packages } = facts
  return packages === 'none' || packages === 'unknown' ? [] : [families[packages]]
}

/** The best of the names speaks: one that is installed and new enough, else one that is nearly. */
function judgeStates(spec: Spec, find: (name: string) => PackageState, compare: Compare): Verdict {
  const verdicts = spec.package.map((one) => judgeState(spec, one, { found: find(one), compare }))
  const best = ['PackageInstalled', 'PackageTooOld', 'PackageBroken', 'PackageRemoved']
  const told = best.flatMap((reason) => verdicts.find((one) => one.reason === reason) ?? [])[0]
  return (
    told ??
    verdict(
      'PackageNotInstalled',
      { names: spec.package },
      { evidence: ['the package database does not have it'] },
    )
  )
}

function judgeState(spec: Spec, one: string, seen: { found: PackageState; compare: Compare }): Verdict {
  const { found, compare } = seen
  switch (found.state) {
    case 'absent':
      return verdict('PackageNotInstalled', { names: [one] })
    case 'removed':
      return verdict(
        'PackageRemoved',
        { name: one },
        { evidence: [`dpkg: ${one} deinstall ok config-files`] },
      )
    case 'broken': {
      const fix = { run: ['dpkg --configure -a', 'apt-get install -f -y'] }
      return verdict(
        'PackageBroken',
        { name: one, status: found.status },
        { evidence: [`dpkg: ${one} ${found.status}`], fix },
      )
    }
    default:
      return judgeVersion(spec, one, { ...found, compare })
  }
}

function judgeVersion(
  spec: Spec,
  one: string,
  found: { version: string; by: string | null; compare: Compare },
): Verdict {
  const { version, by, compare } = found
  const evidence = [by === null ? `${one} ${version}` : `${one}, provided by ${by} ${version}`]
  if (spec.version !== undefined && !inRange(version, spec.version.range, lenient(compare))) {
    return verdict('PackageTooOld', { name: one, version, wanted: spec.version.text }, { evidence })
  }
  return verdict('PackageInstalled', { name: one, version }, { evidence })
}
