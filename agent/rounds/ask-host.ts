import { collectAnswers } from '#agent/model/answers.ts'
import type { AnswerEntry, Answers } from '#agent/model/answers.ts'
import { mostCustomQuestions } from '#agent/model/bounds.ts'
import type { Check } from '#agent/model/check.ts'
import type { Failed } from '#agent/model/failed.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Host } from '#agent/model/host.ts'
import { askNextBoot } from './ask-next-boot.ts'
import { plan } from '#agent/model/plan.ts'
import { questionKey } from '#agent/model/question-key.ts'
import type { Answer } from '#agent/model/question.ts'

interface Looked {
  readonly facts: Facts
  readonly known: readonly AnswerEntry[]
  /** Default: planned anew. */
  readonly makePlan?: typeof plan | undefined
  readonly failed?: Failed | undefined
}

/**
 * Asks all questions of the checks. Those of custom checks come after the shipped ones are answered: however many or slow they
 * are, no shipped check is late or unknown because of them.
 */
export async function askHost(
  host: Host,
  checks: readonly Check[],
  { facts, known, makePlan = plan, failed }: Looked,
): Promise<Answers> {
  const { shipped, custom, leftOut } = makePlan(checks, facts, failed)
  const asked = new Set(known.map(([question]) => questionKey(question)))
  const ours = await host.ask(shipped.filter((question) => !asked.has(questionKey(question))))
  const theirs = custom.length === 0 ? [] : await host.ask(custom)
  const unasked = leftOut.map((question) => [question, tooMany] as const)
  const answers = collectAnswers([...known, ...ours, ...theirs, ...unasked])
  const [shippedChecks, customChecks] = [checks.filter(isShipped), checks.filter((one) => !isShipped(one))]
  await askNextBoot(host, shippedChecks, { facts, answers, most: mostCustomQuestions, failed })
  const most = mostCustomQuestions - custom.length
  await askNextBoot(host, customChecks, { facts, answers, most, failed })
  return answers
}

function isShipped({ origin }: Check): boolean {
  return origin === 'shipped'
}

const tooMany: Answer<never> = {
  fate: 'failed',
  detail: `not asked: custom checks ask more than ${mostCustomQuestions} questions`,
}
