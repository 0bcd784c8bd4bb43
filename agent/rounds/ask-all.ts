import { collectAnswers } from '#agent/model/answers.ts'
import type { AnswerEntry } from '#agent/model/answers.ts'
import type { Check } from '#agent/model/check.ts'
import { factQuestions, readFacts } from '#agent/model/facts.ts'
import type { Facts } from '#agent/model/facts.ts'
import { wordsOf } from '#agent/model/failed.ts'
import type { Failed } from '#agent/model/failed.ts'
import type { Host } from '#agent/model/host.ts'
import type { Asked } from '#agent/model/asked.ts'
import type { plan } from '#agent/model/plan.ts'
import type { Unanswered } from '#agent/model/question.ts'
import { askHost } from './ask-host.ts'
import { signQuestions } from './seen-here.ts'

/** What is asked before it is known which checks there are to ask. */
export interface FirstLook {
  readonly facts: Facts
  readonly known: readonly AnswerEntry[]
  /** Why the host cannot be asked; null when it can. */
  readonly unreachable: Unanswered | null
}

interface Asking {
  readonly host: Host
  readonly failed?: Failed | undefined
}

/** If a bug of ours keeps us from asking a host or reading its facts, it counts as unreachable. */
export async function lookFirst({ host, failed }: Asking, now: number): Promise<FirstLook> {
  const factsOf = (known: readonly AnswerEntry[]) =>
    readFacts(collectAnswers(known), { arch: process.arch, now })
  try {
    const unreachable = await host.selfTest()
    if (unreachable !== null) return { facts: factsOf([]), known: [], unreachable }
    const known = await host.ask([...factQuestions, ...signQuestions])
    return { facts: factsOf(known), known, unreachable: null }
  } catch (error) {
    failed?.(error, null)
    return { facts: factsOf([]), known: [], unreachable: ofOurs(error) }
  }
}

/** Asks all questions of the checks, unless the host was unreachable before. */
export async function askAll(
  { host, failed, makePlan }: Asking & { readonly makePlan?: typeof plan },
  checks: readonly Check[],
  look: FirstLook,
): Promise<Pick<Asked, 'facts' | 'answers' | 'unreachable'>> {
  const { facts, known, unreachable } = look
  const unasked = collectAnswers([])
  if (unreachable !== null) return { facts, answers: unasked, unreachable }
  try {
    return {
      facts,
      answers: await askHost(host, checks, { facts, known, makePlan, failed }),
      unreachable,
    }
  } catch (error) {
    failed?.(error, null)
    return { facts, answers: unasked, unreachable: ofOurs(error) }
  }
}

function ofOurs(error: unknown): Unanswered {
  return { fate: 'failed', detail: `hostdeps failed to ask it: ${wordsOf(error)}` }
}
