import { isDeepStrictEqual } from 'node:util'
import {
  deepestFindings,
  longestAddress,
  mostCharacters,
  mostEvidence,
  mostFindings,
  mostSources,
} from '#agent/model/bounds.ts'
import { webAddress } from '#agent/model/names.ts'
import type { CheckResult, Finding } from '#agent/model/report.ts'
import { toFinding } from './include.ts'
import { charactersOf } from './include-limits.ts'
import { shortenFix, shortenLine, shortenList } from './shorten.ts'
import type { Reference, StoredCheck, StoredFinding } from './stored-check.ts'

/** A check in its stored form; `isCut` when part of it is left out. */
export interface Stored {
  readonly check: StoredCheck
  readonly isCut: boolean
}

/**
 * Stores each check by itself: texts and lists within their limits, and included checks by name. The same object, with the same
 * objects as included checks, is stored as the same object.
 */
export function storeChecks(checks: readonly CheckResult[]): Stored[] {
  const byName = new Map(checks.map((check) => [check.name, check]))
  return checks.map((check) => {
    const known = storedBefore.get(check)
    if (known?.included.every((one) => byName.get(one.name) === one)) return known.stored
    const storing = new Storing(byName)
    const stored = storing.check(check)
    // One that names a check that is not there may name another one the next time.
    if (!storing.isLacking) storedBefore.set(check, { stored, included: storing.included })
    return stored
  })
}

const storedBefore = new WeakMap<
  CheckResult,
  { readonly stored: Stored; readonly included: readonly CheckResult[] }
>()

/** Stores one check; findings beyond its limits are not even examined. */
class Storing {
  readonly #checks: ReadonlyMap<string, CheckResult>
  readonly included: CheckResult[] = []
  isLacking = false
  #isCut = false
  #findings = mostFindings
  #characters = mostCharacters

  constructor(checks: ReadonlyMap<string, CheckResult>) {
    this.#checks = checks
  }

  check({ name, title, why, state, reason, message, fix, sources, findings, omitted }: CheckResult): Stored {
    const words = {
      name,
      title: this.#line(title),
      why: this.#line(why),
      state,
      reason,
      message: this.#line(message),
      fix: this.#fix(fix),
      ...fitSources(sources),
    }
    const check = { ...words, ...this.#list(findings, { omitted, depth: 1 }) }
    return { check, isCut: this.#isCut }
  }

  #list(all: readonly Finding[], { omitted = 0, depth }: { omitted: number | undefined; depth: number }) {
    const findings: StoredFinding[] = []
    for (const finding of all) {
      if (depth > deepestFindings || this.#findings <= 0 || this.#characters <= 0) break
      this.#findings--
      findings.push(this.#finding(finding, depth))
    }
    const left = all.length - findings.length
    if (left > 0) this.#isCut = true
    return { findings, ...countOmitted(omitted + left) }
  }

  #finding(finding: Finding, depth: number): StoredFinding {
    const reference = this.#referenceTo(finding)
    if (reference !== null) return this.#reference(reference)
    const { need, kind, state, reason, message, evidence, why, fix, recommended, findings } = finding
    const alone = {
      need: this.#line(need),
      kind: this.#line(kind),
      state,
      reason,
      message: this.#line(message),
      evidence: this.#evidence(evidence),
      why: this.#line(why),
      fix: this.#fix(fix),
      recommended,
    }
    this.#characters -= charactersOf(alone)
    if (findings === undefined) return { ...alone, ...countOmitted(finding.omitted ?? 0) }
    return { ...alone, ...this.#list(findings, { omitted: finding.omitted, depth: depth + 1 }) }
  }

  /** Null for any finding that would not be restored exactly. */
  #referenceTo(finding: Finding): Reference | null {
    const { need, kind, why, recommended } = finding
    if (kind !== 'check') return null
    const included = this.#checks.get(need.replace(/^check:/, ''))
    if (included === undefined) {
      this.isLacking = true
      return null
    }
    this.included.push(included)
    const reference = {
      need,
      kind,
      takes: included.name,
      ...(why === included.why ? {} : { why }),
      recommended,
    }
    return isSame(finding, toFinding(reference, included)) ? reference : null
  }

  #reference({ need, kind, why, ...others }: Reference): Reference {
    return {
      ...others,
      need: this.#line(need),
      kind: this.#line(kind),
      ...(why !== undefined && { why: this.#line(why) }),
    }
  }

  #line(text: string): string {
    return this.#noteCut(shortenLine(text))
  }

  #fix(fix: string | null): string | null {
    return fix === null ? null : this.#noteCut(shortenFix(fix))
  }

  #evidence(lines: readonly string[]): readonly string[] {
    const few = shortenList(lines, mostEvidence)
    if (few.length < lines.length) this.#isCut = true
    return few.map((line) => this.#line(line))
  }

  /** Goes by the text's ending: making it harmless may shorten it without a cut, and a fix may already be cut. */
  #noteCut(short: string): string {
    if (short.endsWith(' more characters)')) this.#isCut = true
    return short
  }
}

/** What is no address, or too long for one, is left out: nobody misses it as they would a finding. */
function fitSources(sources: readonly string[] = []): { readonly sources?: readonly string[] } {
  const good = sources.filter((source) => source.length <= longestAddress && webAddress.test(source))
  return good.length === 0 ? {} : { sources: good.slice(0, mostSources) }
}

/** A count within the reader's limits; absent when nothing is left out. */
export function countOmitted(count: number): { readonly omitted?: number } {
  return count >= 1 ? { omitted: Math.min(Math.floor(count), Number.MAX_SAFE_INTEGER) } : {}
}

/** Findings are usually the same object; comparing others is limited, since many would take long. */
function isSame(one: Finding, other: Finding): boolean {
  const [{ findings, ...words }, { findings: others, ...otherWords }] = [one, other]
  if (!isDeepStrictEqual(words, otherWords)) return false
  return findings === others || (isSmall(findings) && isDeepStrictEqual(findings, others))
}

function isSmall(findings: readonly Finding[] = []): boolean {
  let level = findings
  let count = 0
  for (let depth = 1; level.length > 0; depth++) {
    count += level.length
    if (depth > deepestFindings || count > mostFindings) return false
    level = level.flatMap((one) => one.findings ?? [])
  }
  return true
}
