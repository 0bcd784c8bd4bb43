import pLimit from 'p-limit'
import type { AnswerEntry } from '#agent/model/answers.ts'
import type { Answer, RunResult } from '#agent/model/question.ts'
import { childArgv, readChild } from './ask-child.ts'
import type { FileQuestion } from './ask-files.ts'
import { inBatches } from './batches.ts'

/** Questions by the mount that they lead to and that may hang. */
export type BySuspect = ReadonlyMap<string, readonly FileQuestion[]>

type Run = (argv: readonly [string, ...string[]], spent: number) => Promise<Answer<RunResult>>

/** Children for one mount; all of them end at the deadline. */
const mostChildren = 16
/** Children at a time: each is a Node.js process and uses our container's memory. */
const atOnce = 3

/**
 * Lets children answer questions about mounts that may hang. Questions about one mount share a child, since they would hang
 * together; only a question that reads content has a child to itself, which may print 4 MiB.
 */
export async function askSuspects(root: string, suspects: BySuspect, run: Run): Promise<AnswerEntry[]> {
  const start = performance.now()
  const limit = pLimit(atOnce)
  const askBatch = async (mount: string, questions: readonly FileQuestion[]): Promise<AnswerEntry[]> => {
    const task = { root, questions }
    const ran = await run(childArgv(task), performance.now() - start)
    const answers = readChild(task, ran, `the mount ${mount}`)
    return questions.map((question, index) => [question, answers[index] ?? noAnswer])
  }
  const all = [...suspects].map(async ([mount, questions]) => {
    const [reads, looks] = [questions.filter(isRead), questions.filter((question) => !isRead(question))]
    const { batches, leftOut } = inBatches(looks, (question) => JSON.stringify(question), mostChildren)
    const tasks = [...batches, ...reads.map((question) => [question])]
    const asked = tasks.slice(0, mostChildren).map((batch) => limit(() => askBatch(mount, batch)))
    const others = [...leftOut, ...tasks.slice(mostChildren).flat()]
    return [
      ...(await Promise.all(asked)).flat(),
      ...others.map((question): AnswerEntry => [question, tooMany(mount)]),
    ]
  })
  return (await Promise.all(all)).flat()
}

function isRead({ ask }: FileQuestion): boolean {
  return ask === 'read' || ask === 'readAll' || ask === 'list'
}

const noAnswer: Answer<never> = { fate: 'failed', detail: 'no answer came' }

function tooMany(mount: string): Answer<never> {
  return { fate: 'failed', detail: `checks ask about more files on the mount ${mount} than the limit` }
}
