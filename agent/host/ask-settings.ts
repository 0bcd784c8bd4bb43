import type { AnswerEntry } from '../model/answers.ts'
import type { Answer, Question, ReadQuestion, RunResult, StatQuestion } from '../model/question.ts'
import { childArgv, readChild } from './ask-child.ts'
import type { FileQuestion } from './ask-files.ts'
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
    reads.length === 0 ? [] : inside(headArgv(root, reads)).then((ran) => readHead(root, reads, ran)),
    stats.length === 0 ? [] : inside(statArgv(root, stats)).then((ran) => readStat(root, stats, ran)),
  ])
  const known = [...pairUp(reads, texts ?? []), ...pairUp(stats, places ?? [])]
  const answered = new Set(known.map(([question]) => question))
  const others = questions.filter((question) => !answered.has(question))
  if (others.length === 0) return known
  const task = { root, questions: others }
  return [
    ...known,
    ...pairUp(others, readChild(task, await inside(childArgv(task)), 'the settings of the host')),
  ]
}

function pairUp(questions: readonly Question[], answers: readonly Answer<unknown>[]): AnswerEntry[] {
  return questions.flatMap((question, index) => {
    const answer = answers[index]
    return answer === undefined ? [] : [[question, answer] as const]
  })
}
