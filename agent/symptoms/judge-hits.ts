import type { Check } from '#agent/model/check.ts'
import type { Cause } from '#agent/model/explanation.ts'
import { verdicts } from '#agent/model/explanation.ts'
import type { Finding } from '#agent/model/report.ts'
import type { Hit } from './hit.ts'

/** What is known besides the hits. */
export interface Known {
  readonly checks: ReadonlyMap<string, Check>
  /** What the host says of the hit's need; null when it does not. */
  readonly answerFor: (hit: Hit) => Said | null
}

/** Of a finding, what a cause is made of. */
export interface Said extends Pick<Finding, 'state' | 'reason' | 'fix'> {
  readonly message: string | null
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
  const said = known.answerFor(hit)
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

/** A line that may be about the image, or that another one takes back, is never proof, whatever the host lacks. */
function verdictOf({ check, confidence, need }: Hit, said: Said | null): Cause['verdict'] {
  if (said === null || said.state === 'unknown') return 'likely'
  // What no check knows may be something that only the container has.
  const isProof = check === null ? confidence === 'certain' : confidence !== 'possible'
  if (said.state === 'missing') return isProof ? 'confirmed' : 'likely'
  // Of a check that is ready, what is recommended may be missing, and the line may be about that.
  return need === null && said.reason === 'RecommendedMissing' ? 'likely' : 'not here'
}
