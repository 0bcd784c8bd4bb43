import { isDeepStrictEqual } from 'node:util'
import { fixText } from '#agent/fixes/fix-text.ts'
import type { Answers } from '#agent/model/answers.ts'
import type { Check } from '#agent/model/check.ts'
import type { Facts } from '#agent/model/facts.ts'
import { judgeAll as judgement } from '#agent/model/judge.ts'
import type { Judgement } from '#agent/model/judge.ts'
import { plan } from '#agent/model/plan.ts'
import { questionKey } from '#agent/model/question-key.ts'
import type { AnswerTo, Question } from '#agent/model/question.ts'
import type { CheckResult, Round } from '#agent/model/report.ts'
import { settle } from '#agent/model/settle.ts'
import { boundFixes } from '#agent/rounds/bounded-fixes.ts'
import { noMemory, readRound } from '#agent/round-file/read.ts'
import { writeText } from '#agent/round-file/write.ts'
import { claimReport } from './claim-report.ts'
import { claim } from './harmless.ts'

/** A round survives an exception of one need; here it is thrown. */
function failed(error: unknown): void {
  throw error
}

/** Everything that the checks ask. */
export function questionsOf(checks: readonly Check[], facts: Facts): readonly Question[] {
  const { shipped, custom, leftOut } = plan(checks, facts, failed)
  return [...shipped, ...custom, ...leftOut]
}

/** Judges as a round does: the first one, and one whose predecessor had some other answers. */
export function judgeAll(checks: readonly Check[], facts: Facts, answers: Answers): CheckResult[] {
  const judgeBy = (by: Answers, last?: Judgement['kept']) => {
    const asked = { facts, answers: by, unreachable: null, publishedBy: (check: string) => [check] }
    return judgement(checks, { ...asked, ...boundFixes(fixText), failed }, last)
  }
  const { results } = judgeBy(answers)
  const later = judgeBy(answers, judgeBy(otherThan(answers)).kept)
  claim(isDeepStrictEqual(later.results, results), () => 'a check is not judged again, though it should be')
  return results
}

/** Every third question has no answer. */
function otherThan(answers: Answers): Answers {
  return {
    of<Q extends Question>(question: Q): AnswerTo<Q> {
      const isOther = Buffer.from(questionKey(question)).reduce((sum, byte) => sum + byte, 0) % 3 === 0
      return isOther ? { fate: 'timed-out', detail: 'after 5 s' } : answers.of(question)
    },
  }
}

/** The server takes whatever the prober writes, and renders it harmlessly. */
export async function claimRound(round: Round): Promise<void> {
  const read = readRound(Buffer.from(writeText(round).text), noMemory)
  claim('round' in read, () => `what is written cannot be read: ${'unusable' in read ? read.unusable : ''}`)
  claim(read.faults.length === 0, () => `what is written has faults: ${read.faults.join('; ')}`)
  await claimReport(settle(null, read.round, 'worker-1').report)
}
