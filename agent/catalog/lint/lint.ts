import { fixKeys } from '#agent/fixes/families.ts'
import { chooseFix } from '#agent/fixes/render-fix.ts'
import type { Check } from '#agent/model/check.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { FixByDistro } from '#agent/model/fix.ts'
import { needsAgainst } from '#agent/model/conflict.ts'
import { otherFixes } from '#agent/model/other-fixes.ts'
import type { HostNeed, Need } from '#agent/model/need.ts'
import type { Reason } from '#agent/model/reason.ts'
import { reasons } from '#agent/model/reasons.ts'
import type { Catalog } from '#agent/catalog/catalog.ts'
import { hostsFor, shortNames } from './lint-hosts.ts'
import { fixMistakes } from './lint-fixes.ts'
import { unclearWords } from './lint-words.ts'
import { didYouMean } from '#agent/catalog/yaml/mistake.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import { allNeeds } from '#agent/model/needs-of.ts'

/** Lints the checks of one origin beyond their form; between shipped checks, conflicts must be declared on both sides. */
export function lintCatalog(catalog: Catalog, origin: Check['origin']): Mistake[] {
  const checks = [...catalog.values()].filter((check) => check.origin === origin)
  return checks.flatMap((check) => [
    ...lintCheck(check),
    ...(origin === 'shipped' ? allNeeds(check.needs).flatMap((need) => oneSided(check, need, catalog)) : []),
  ])
}

/**
 * What a good check has beyond its form, so that whoever meets it on any host knows its source and what to do:
 *
 * - each need has its own why; a single need may rely on that of the check;
 * - each need has a source, or the check has sources;
 * - each need has a fix or a note wherever it applies, for every reason why it can be missing; of the alternatives that apply
 *   to a host, one is enough;
 * - each need applies to some host; whys and notes are sentences;
 * - each need says what its kind asks a good need to say: in words what a pattern looks for, which module an option builds;
 * - a fix can be run twice, reboots only for what is required, and leaves to packages:, modules: and sysctls: what depends on
 *   the host.
 *
 * A check included by `check:` has all of this in its own file.
 */
export function lintCheck(check: Check): Mistake[] {
  const own = check.needs.filter((need) => need.type !== 'check')
  return [
    ...unclearWords(check),
    ...fixMistakes(check),
    ...check.needs.flatMap((need) => placeMistakes([need])),
    ...allNeeds(check.needs).flatMap((need) =>
      need.type === 'host' ? need.lint().map((words) => mistake(need, words)) : [],
    ),
    ...own.flatMap((need) => [
      ...unreasoned(check, need),
      ...unsourced(check, need),
      ...unfixed(check, need),
    ]),
  ]
}

/** Each side must declare the conflict, or its fix undoes what the other side wants. */
function oneSided(check: Check, need: Need, catalog: Catalog): Mistake[] {
  return Object.keys(need.conflicts)
    .filter((name) => needsAgainst(catalog.get(name)?.needs ?? [], check.name).length === 0)
    .map((name) => ({
      ...need.place,
      path: '',
      message: `${need.id} conflicts with ${name}, but no need of ${name} conflicts with ${check.name}`,
    }))
}

function unreasoned(check: Check, need: Need): Mistake[] {
  if (need.why === check.why) return [mistake(need, 'repeats the why of the check')]
  if (need.why !== null || check.needs.length === 1) return []
  return [mistake(need, 'has no why, and the check has other needs')]
}

function unsourced(check: Check, need: Need): Mistake[] {
  if (need.source !== null || check.sources.length > 0) return []
  return [mistake(need, 'has no source, and neither has the check')]
}

/** @param path a need, then the anyOf that contains it, and so on outwards */
function placeMistakes(path: readonly [Need, ...Need[]]): Mistake[] {
  const [need] = path
  const names = [...(need.when.os ?? []), ...(need.when.notOs ?? [])]
  const unknown = names.filter((name) => !fixKeys.includes(name))
  const isNowhere = unknown.length === 0 && !hostsFor(path).some((facts) => appliesTo(facts, path))
  const inner = need.type === 'anyOf' ? need.needs : []
  return [
    ...unknown.map((name) => mistake(need, `is for ${name}, which is unknown${didYouMean(name, fixKeys)}`)),
    ...(isNowhere ? [mistake(need, 'applies to no host')] : []),
    ...inner.flatMap((one) => placeMistakes([one, ...path])),
  ]
}

function unfixed(check: Check, need: Need): Mistake[] {
  const hosts = hostsFor([need, ...allWithin(need)]).filter((facts) => appliesTo(facts, [need]))
  const gaps = hosts.flatMap((facts) => {
    const reason = unfixedReason(check, need, facts)
    return reason === undefined ? [] : [{ reason, id: facts.distro.id ?? '' }]
  })
  return [...Map.groupBy(gaps, ({ reason }) => reason)].map(([reason, of]) => {
    const names = shortNames([...new Set(of.map(({ id }) => id))]).join(', ')
    return mistake(need, `has no fix or note for ${names}${reason === null ? '' : ` when it is ${reason}`}`)
  })
}

/** A reason without a fix or note on a host, null for any reason; undefined when nothing lacks one. */
function unfixedReason(check: Check, need: Need, facts: Facts): Reason | null | undefined {
  if (need.type === 'check') return undefined
  const without = ({ fixes }: Way) => fixes.every((fix) => chooseFix(fix, facts) === null)
  if (need.type === 'host') return waysToMiss(check, need).find(without)?.reason
  if (need.fix !== null && chooseFix(need.fix, facts) !== null) return undefined
  const applying = need.needs.filter((inner) => appliesTo(facts, [inner]))
  const found = applying.map((inner) => unfixedReason(check, inner, facts))
  return found.every((reason) => reason !== undefined) ? found[0] : undefined
}

interface Way {
  /** null means any reason. */
  readonly reason: Reason | null
  readonly fixes: readonly FixByDistro[]
}

const missing = (Object.keys(reasons) as Reason[]).filter((reason) => reasons[reason].state === 'missing')

/** The fixes of a need for any reason that it is missing, and those for the reasons where they differ. */
function waysToMiss(check: Check, need: HostNeed): readonly Way[] {
  const known = ways.get(need)
  if (known !== undefined) return known
  const fixesFor = (reason: Reason | null) =>
    otherFixes({ ...need, genericFix: () => need.genericFix(reason) }, check, null)
  const all = [null, ...missing].map((reason) => ({ reason, fixes: fixesFor(reason) }))
  const texts = all.map(({ fixes }) => JSON.stringify(fixes))
  const different = all.filter((_, index) => texts.indexOf(texts[index] ?? '') === index)
  ways.set(need, different)
  return different
}

const ways = new WeakMap<HostNeed, readonly Way[]>()

function allWithin(need: Need): readonly Need[] {
  return need.type === 'anyOf' ? need.needs.flatMap((inner) => [inner, ...allWithin(inner)]) : []
}

function appliesTo(facts: Facts, needs: readonly Need[]): boolean {
  return needs.every((need) => need.applies(facts) === null)
}

function mistake(need: Need, words: string): Mistake {
  return { ...need.place, path: '', message: `${need.id} ${words}` }
}
