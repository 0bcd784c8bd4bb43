import type { Answers } from '#agent/model/answers.ts'
import type { ProcessQuestion, Question, ReadQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'

/** Pages of one size that must be free, for a workload that does not run yet. */
interface Wanted {
  readonly size: string
  readonly min: number
  readonly free?: true | undefined
  readonly heldBy?: readonly string[] | undefined
}

/** https://docs.kernel.org/admin-guide/mm/hugetlbpage.html */
const counts = ['free_hugepages', 'resv_hugepages', 'nr_overcommit_hugepages', 'surplus_hugepages'] as const

/** @param folder that of the size, below /sys/kernel/mm/hugepages */
export function poolQuestions(folder: string, { free, heldBy = [] }: Wanted): readonly Question[] {
  return free ? [...counts.map((name) => countQuestion(folder, name)), ...heldBy.map(processQuestion)] : []
}

function countQuestion(folder: string, name: (typeof counts)[number]): ReadQuestion {
  return { ask: 'read', path: `${folder}/${name}` }
}

/** In a container it may call itself so as well: it is the workload's pod that has them. */
function processQuestion(name: string): ProcessQuestion {
  return { ask: 'process', name, of: 'any' }
}

/** Those that are promised to a process are not free, and those that the kernel may yet add are. */
export function judgeFree(
  folder: string,
  wanted: Wanted,
  { answers, total }: { answers: Answers; total: number },
): Verdict {
  const { size, min, heldBy = [] } = wanted
  const question = countQuestion(folder, 'free_hugepages')
  const answer = answers.of(question)
  // Every kernel with such pages counts them; a part of /sys proves no more than the pages themselves.
  if (answer.fate === 'absent') return verdict('HugepagesFound', { size, min })
  if (answer.fate !== 'found') return unanswered(question.path, answer)
  const count = (name: (typeof counts)[number]) => {
    const read = answers.of(countQuestion(folder, name))
    return read.fate === 'found' ? Number(read.value.text.trim()) || 0 : 0
  }
  const free = Math.max(0, count('free_hugepages') - count('resv_hugepages'))
  const spare = Math.max(0, count('nr_overcommit_hugepages') - count('surplus_hugepages'))
  const evidence = [`${total} huge pages of ${size}, ${free} of them free`]
  if (free + spare >= min) return verdict('HugepagesFree', { size, min }, { evidence })
  const holder = heldBy.find((name) => answers.of(processQuestion(name)).fate === 'found')
  if (holder !== undefined) return verdict('HugepagesHeld', { size, by: holder }, { evidence })
  const unseen = heldBy.map((name) => answers.of(processQuestion(name))).find(({ fate }) => fate !== 'absent')
  if (unseen !== undefined && unseen.fate !== 'found' && unseen.fate !== 'absent')
    return unanswered(`who has the huge pages of ${size}`, unseen, evidence)
  return verdict('HugepagesTaken', { size, min, free, total }, { evidence })
}
