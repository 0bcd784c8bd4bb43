import { repeatVerdict, verdict } from './reason.ts'
import type { Verdict } from './reason.ts'
import type { Finding } from './report.ts'

/** An alternative that a command fixes is worth printing before one that needs another kernel. */
export function hasCommand({ result }: { readonly result: Finding }): boolean {
  return result.fix?.split('\n').some((line) => !line.startsWith('#')) ?? false
}

/** Ready if any alternative is ready, missing if all that apply are missing, otherwise unknown. */
export function anyOfVerdict(findings: readonly Finding[]): Verdict {
  const applying = findings.filter((inner) => inner.state !== 'not-applicable')
  const ready = applying.find((inner) => inner.state === 'ready')
  const unknown = applying.find((inner) => inner.state === 'unknown')
  const evidence = applying.flatMap((inner) => inner.evidence)
  if (ready) return verdict('AnyOfReady', ready, { evidence: ready.evidence })
  if (applying.length === 0) return verdict('NotApplicable', { why: 'none of the alternatives does' })
  if (unknown) return repeatVerdict(unknown, evidence)
  const messages = worthSaying(applying).map((inner) => inner.message)
  return verdict('AnyOfMissing', { messages }, { evidence })
}

/**
 * "It is there, and should not be" is how an alternative says that it is for hosts without the file. Where the file is there
 * and another alternative says what is wrong, nobody should take it away.
 */
function worthSaying(missing: readonly Finding[]): readonly Finding[] {
  const others = missing.filter(({ reason }) => reason !== 'FileNotWanted')
  return others.length > 0 ? others : missing
}
