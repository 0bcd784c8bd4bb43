import type { AnswerEntry } from '#agent/model/answers.ts'
import type { Answer, Question, ReadQuestion, RunResult, StatQuestion } from '#agent/model/question.ts'
import { childArgv, readChild } from '#agent/host/files/ask-child.ts'
import type { FileQuestion } from '#agent/host/files/ask-files.ts'
import { inBatches } from '#agent/host/files/batches.ts'
import { headArgv, readHead } from './read-by-head.ts'
import { readStat, statArgv } from './read-by-stat.ts'

/** Runs one of the agent's programs in the host's namespaces, except its mount namespace. */
type Inside = (argv: readonly [string, ...string[]]) => Promise<Answer<RunResult>>

/**
 * Asks for what the kernel shows only to processes in the host's namespaces: head(1) reads files, stat(1) describes them, and
 * a Node.js process, which costs twenty times as much, answers what these two cannot.
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

/** Processes for each of the three. */
const mostParts = 8

/** Questions that do not fit into the last batch are not asked. */
async function inParts<Q extends Question>(
  questions: readonly Q[],
  ask: (part: readonly Q[]) => Promise<AnswerEntry[]>,
): Promise<AnswerEntry[]> {
  const { batches, leftOut } = inBatches(questions, (question) => JSON.stringify(question), mostParts)
  const asked = await Promise.all(batches.map(ask))
  return [...asked.flat(), ...leftOut.map((question): AnswerEntry => [question, tooMany])]
}

const tooMany: Answer<never> = { fate: 'failed', detail: 'checks ask about more settings than the limit' }

function pairUp(questions: readonly Question[], answers: readonly Answer<unknown>[]): AnswerEntry[] {
  return questions.flatMap((question, index) => {
    const answer = answers[index]
    return answer === undefined ? [] : [[question, answer] as const]
  })
}
