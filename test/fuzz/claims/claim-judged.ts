import { fixText } from '#agent/fixes/fix-text.ts'
import type { Answers } from '#agent/model/answers.ts'
import type { Check } from '#agent/model/check.ts'
import type { Facts } from '#agent/model/facts.ts'
import { judge } from '#agent/model/judge.ts'
import { plan } from '#agent/model/plan.ts'
import type { Question } from '#agent/model/question.ts'
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

/** Judges as a round does. */
export function judgeAll(checks: readonly Check[], facts: Facts, answers: Answers): CheckResult[] {
  const asked = { facts, answers, unreachable: null, publishedBy: (check: string) => [check] }
  return judge(checks, { ...asked, fixText: boundFixes(fixText), failed })
}

/** The server takes whatever the prober writes, and renders it harmlessly. */
export async function claimRound(round: Round): Promise<void> {
  const read = readRound(Buffer.from(writeText(round).text), noMemory)
  claim('round' in read, () => `what is written cannot be read: ${'unusable' in read ? read.unusable : ''}`)
  claim(read.faults.length === 0, () => `what is written has faults: ${read.faults.join('; ')}`)
  await claimReport(settle(null, read.round, 'worker-1').report)
}
