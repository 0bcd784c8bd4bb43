import type { AnswerEntry } from '#agent/model/answers.ts'
import type { Answer, Question, ReadQuestion, RunResult, StatQuestion } from '#agent/model/question.ts'
import { childArgv, readChild } from '#agent/host/files/ask-child.ts'
import type { FileQuestion } from '#agent/host/files/ask-files.ts'
import { inBatches } from '#agent/host/files/batches.ts'
import { headArgv, readHead } from './read-by-head.ts'
import { readStat, statArgv } from './read-by-stat.ts'

/** Runs a program of the agent's own in the host's namespaces, but for that of mounts. */
type Inside = (argv: readonly [string, ...string[]]) => Promise<Answer<RunResult>>

/**
 * Asks what the kernel tells to processes in the host's namespaces alone: texts by head(1), what stands at a place by
 * stat(1), and what these cannot tell by a Node.js, which costs twenty times as much.
 */
export async function askSettings(
  root: string,
  questions: readonly FileQuestion[],
  inside: Inside,
): Promise<readonly AnswerEntry[]> {
  const reads = questions.filter((question): question is ReadQuestion => question.ask === 'read')
  const stats = questions.filter((question): question is StatQuestion => question.ask === 'stat')
  const [texts, places] = await Promise.all([
    inParts(reads, async (part) =>
      pairUp(part, readHead(root, part, await inside(headArgv(root, part))) ?? []),
    ),
    inParts(stats, async (part) =>
      pairUp(part, readStat(root, part, await inside(statArgv(root, part))) ?? []),
    ),
  ])
  const known = [...texts, ...places]
  const answered = new Set(known.map(([question]) => question))
  const others = questions.filter((question) => !answered.has(question))
  const rest = await inParts(others, async (part) => {
    const task = { root, questions: part }
    return pairUp(part, readChild(task, await inside(childArgv(task)), 'the settings of the host'))
  })
  return [...known, ...rest]
}

/** Processes for one way of asking. */
const mostParts = 8

/** What is beyond the last part is not asked. */
async function inParts<Q extends Question>(
  questions: readonly Q[],
  ask: (part: readonly Q[]) => Promise<AnswerEntry[]>,
): Promise<AnswerEntry[]> {
  const { batches, leftOut } = inBatches(questions, (question) => JSON.stringify(question), mostParts)
  const asked = await Promise.all(batches.map(ask))
  return [...asked.flat(), ...leftOut.map((question): AnswerEntry => [question, tooMany])]
}

const tooMany: Answer<never> = { fate: 'failed', detail: 'more settings are asked about than can be' }

function pairUp(questions: readonly Question[], answers: readonly Answer<unknown>[]): AnswerEntry[] {
  return questions.flatMap((question, index) => {
    const answer = answers[index]
    return answer === undefined ? [] : [[question, answer] as const]
  })
}
