import type { Check } from '#agent/model/check.ts'
import type { Cause } from '#agent/model/explanation.ts'
import { verdicts } from '#agent/model/explanation.ts'
import type { Finding, Report } from '#agent/model/report.ts'
import type { Hit } from './hit.ts'

/** What is known besides the hits. */
export interface Known {
  readonly checks: ReadonlyMap<string, Check>
  /** What the host answered; null when it was not asked. */
  readonly report: Report | null
  /** The check that was made for a hit that no check knows; null when none could be. */
  readonly madeFor: (hit: Hit) => string | null
}

/** Joins the hits that are about one thing, and gives each its verdict: confirmed first, then as the hits are ranked. */
export function judgeHits(hits: readonly Hit[], known: Known): readonly Cause[] {
  const groups = [...Map.groupBy(hits, (hit) => groupOf(hit, hits)).values()]
  const causes = groups.flatMap((group) => joinCauses(group.map((hit) => judgeHit(hit, known))) ?? [])
  return causes.toSorted((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict))
}

/** Lines that name the same thing are one cause; a line that names no need goes with what else points to its check. */
function groupOf(hit: Hit, hits: readonly Hit[]): string {
  const sure =
    hit.need === null && hit.subject === null
      ? hits.find(({ check, need }) => check === hit.check && need !== null)
      : hit
  const { check, need, subject, means } = sure ?? hit
  return subject === null ? `${check} ${need ?? means}` : `${subject.kind} ${subject.name}`
}

/** The first of the best verdict stands for all; the others' names stay. */
function joinCauses(causes: readonly Cause[]): Cause | null {
  const [best] = causes.toSorted((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict))
  if (best === undefined) return null
  const others = causes.flatMap(({ check }) => (check === null || check === best.check ? [] : [check]))
  return { ...best, alsoNeededBy: [...new Set(others)] }
}

function judgeHit(hit: Hit, known: Known): Cause {
  const said = answerFor(hit, known)
  const { check, need, subject, confidence, means, source, line, text, times, doubt } = hit
  return {
    verdict: verdictOf(hit, said),
    check,
    title: check === null ? null : (known.checks.get(check)?.title ?? null),
    need,
    subject,
    confidence,
    means,
    source,
    line,
    text,
    times,
    doubt,
    state: said?.state ?? null,
    message: said?.message ?? null,
    fix: said?.state === 'ready' ? null : (said?.fix ?? null),
    alsoNeededBy: [],
  }
}

type Said = Pick<Finding, 'state' | 'message' | 'fix' | 'reason'>

/** The finding of the hit's need; of the whole check when the hit is about any of its needs. */
function answerFor(hit: Hit, { report, madeFor }: Known): Said | null {
  const name = hit.check ?? madeFor(hit)
  const result = report?.checks.find((one) => one.name === name)
  if (result === undefined) return null
  if (hit.need === null) return result
  const finding = findNeed(result.findings, hit.need)
  return finding === null
    ? null
    : { ...finding, fix: finding.fix ?? (finding.state === 'missing' ? result.fix : null) }
}

/** A need may stand several times under one id, of which one applies to this host. */
function findNeed(findings: readonly Finding[], need: string): Finding | null {
  const all = findings.filter((finding) => finding.need === need)
  const inner = findings.flatMap((finding) => findNeed(finding.findings ?? [], need) ?? [])
  const found = [...all, ...inner]
  return found.find(({ state }) => state !== 'not-applicable') ?? found[0] ?? null
}

/** A line that may be about the image, or that another one takes back, is never proof, whatever the host lacks. */
function verdictOf({ check, confidence, need }: Hit, said: Said | null): Cause['verdict'] {
  if (said === null || said.state === 'unknown') return 'likely'
  // What no check knows may be something that only the container has.
  const isProof = check === null ? confidence === 'certain' : confidence !== 'possible'
  if (said.state === 'missing') return isProof ? 'confirmed' : 'likely'
  // Of a check that is ready, what is recommended may be missing, and the line may be about that.
  return need === null && said.reason === 'RecommendedMissing' ? 'likely' : 'not here'
}
