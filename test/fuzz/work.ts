/** What a worker is told to do. */
export interface Order {
  readonly what: 'cases' | 'growth' | 'found'
  readonly target: string
  readonly seed: number
  /** The first number, and the one behind the last. */
  readonly from: number
  readonly to: number
  /** For how long new cases are begun, by the wall clock. */
  readonly milliseconds: number
  /** Bytes of the largest input that grows. */
  readonly bytes: number
  /** Milliseconds of processor time in one case, after which it counts as endless. */
  readonly endless: number
  /** Signatures of failures that were reported already. */
  readonly known: readonly string[]
}

/** What a worker did since it last reported. */
export interface Progress {
  cases: number
  /** Cases that threw, or of which a claim did not hold. */
  exceptions: number
  /** Cases that took longer than {@link slowestAllowed}, did not end, or took all memory. */
  hangs: number
  /** Inputs that grew worse than n log n. */
  growths: number
  readonly outcomes: Record<string, number>
  slowest: { readonly number: number; readonly took: number }
  readonly failures: Failure[]
}

export interface Failure {
  readonly number: number
  /** Null for an input that was drawn. */
  readonly name: string | null
  readonly signature: string
  readonly words: string
  readonly input: string
}

/** Milliseconds of processor time that a case may take. */
export const slowestAllowed = 2_000

export function noProgress(): Progress {
  return {
    cases: 0,
    exceptions: 0,
    hangs: 0,
    growths: 0,
    outcomes: {},
    slowest: { number: -1, took: 0 },
    failures: [],
  }
}

export function addProgress(sum: Progress, more: Progress): void {
  for (const count of ['cases', 'exceptions', 'hangs', 'growths'] as const) sum[count] += more[count]
  for (const [word, count] of Object.entries(more.outcomes))
    sum.outcomes[word] = (sum.outcomes[word] ?? 0) + count
  if (more.slowest.took > sum.slowest.took) sum.slowest = more.slowest
  sum.failures.push(...more.failures)
}

export function failedOf({ exceptions, hangs, growths }: Progress): number {
  return exceptions + hangs + growths
}
