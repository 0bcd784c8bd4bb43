import type { Answers } from '#agent/model/answers.ts'
import type { Answered, Question } from '#agent/model/question.ts'
import type { Compare } from '#agent/versions/order.ts'
import type { DatabaseRead } from './package-state.ts'

/** A package manager: its whole database by one question, and the order of its versions. */
export interface Family {
  readonly question: Question
  readonly compare: Compare
  open(answers: Answers): DatabaseRead
}

interface Parts<Q extends Question> {
  readonly question: Q
  readonly compare: Compare
  readonly read: (value: Answered[Q['ask']]) => DatabaseRead
}

/** Reads the database once for one answer, however many needs ask; what is kept goes away with the answer. */
export function packageFamily<Q extends Question>({ question, compare, read }: Parts<Q>): Family {
  const known = new WeakMap<object, Opened>()
  return {
    question,
    compare,
    open(answers) {
      const answer = answers.of(question)
      // The host was seen to have this database: that it is not there now proves nothing of its packages.
      if (answer.fate === 'absent') return { fate: 'failed', detail: answer.detail }
      if (answer.fate !== 'found') return answer
      const opened = known.get(answer.value) ?? tryOpen(() => read(answer.value))
      known.set(answer.value, opened)
      if ('error' in opened) throw opened.error
      return opened.database
    },
  }
}

/** One that we fail to read, by our own fault, is not read again for each package. */
type Opened = { readonly database: DatabaseRead } | { readonly error: unknown }

function tryOpen(read: () => DatabaseRead): Opened {
  try {
    return { database: read() }
  } catch (error) {
    return { error }
  }
}
