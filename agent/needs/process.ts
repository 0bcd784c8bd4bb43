import * as z from 'zod'
import type { Kind } from '#agent/model/need.ts'
import type { ProcessesOf, ProcessQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import { listOf, word } from '#agent/needs/parts/bounded.ts'

export const processName = word(
  /^[^\s/*?[\]]{1,15}$/,
  'is not the name of a process: at most 15 characters, no patterns',
)

/** Whose processes count. */
export const processesOf = z
  .enum(['host', 'any'])
  .default('host')
  .describe(
    "Whose: host, which are root's and outside of containers; or any that calls itself so, for what runs in a container. Default: host.",
  )

const schema = z.strictObject({
  process: z
    .union([
      processName.transform((one) => ({ names: [one], of: 'host' as const })),
      z
        .strictObject({
          anyOf: listOf(processName).describe('Names of which any is enough.'),
          of: processesOf,
        })
        .transform(({ anyOf, of }) => ({ names: anyOf, of })),
    ])
    .describe('A process that runs, by its name (comm): at most 15 characters, whatever its arguments are.'),
})

/** A process of a name (comm, which the kernel cuts at 15 characters) runs on the host; whatever its arguments are. */
export const processNeed: Kind<typeof schema> = {
  name: 'process',
  schema,
  isHostWide: true,
  subject: ({ process: { names } }) => names.join('|'),
  questions: ({ process: { names, of } }) => names.map((name) => processQuestion(name, of)),
  judge({ process: { names, of } }, answers) {
    const all = names.map((name) => ({ name, answer: answers.of(processQuestion(name, of)) }))
    const running = all.find(({ answer }) => answer.fate === 'found')
    if (running !== undefined) return verdict('ProcessRuns', { name: running.name, of })
    for (const { name, answer } of all)
      if (answer.fate !== 'found' && answer.fate !== 'absent') return unanswered(`process ${name}`, answer)
    return verdict('ProcessNotFound', { names })
  },
}

export function processQuestion(name: string, of: ProcessesOf): ProcessQuestion {
  return { ask: 'process', name, of }
}
