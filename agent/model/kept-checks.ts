import { isDeepStrictEqual } from 'node:util'
import type { Answers } from './answers.ts'
import type { Asked } from './asked.ts'
import { isSameHost } from './facts.ts'
import type { Facts } from './facts.ts'
import { questionKey } from './question-key.ts'
import type { Answer, AnswerTo, Question } from './question.ts'
import { isSameList } from './same-list.ts'

/** What a round leaves to the next one: what it made of each check, and from what. */
export interface Kept<Made> {
  readonly checks: readonly object[]
  readonly facts: Facts
  /** By the key of their question. */
  readonly answers: Map<string, Answer<unknown>>
  /** By the check's name. */
  readonly entries: Map<string, Entry<Made>>
}

interface Entry<Made> {
  readonly made: Made
  /** Those that were read. */
  readonly answers: ReadonlyMap<Question, Answer<unknown>>
  /** Those of other checks that were asked for, by name. */
  readonly others: ReadonlyMap<string, unknown>
  /** Of its fixes. */
  readonly characters: number
}

/** What is noted while something is made of a check. */
interface Notes {
  readonly answers: Map<Question, Answer<unknown>>
  readonly others: Map<string, unknown>
  characters: number
  /** It read the time of day or met a bug of ours: it may come out differently from the same answers. */
  isFleeting: boolean
}

export interface Keeping<Made> {
  /** What is made of a check: once in a round. */
  readonly of: (name: string) => Made
  readonly kept: Kept<Made> | null
}

/**
 * Makes something of each check, and only of those of which something has changed since the last round: the facts, an answer that was
 * read, another check that was asked for. What was read is noted when it is read, so no need has to say what it depends on.
 *
 * @param make gets `asked` in a form that takes the notes; it must read nothing else that changes
 * @param last what the round before kept, with the same config; null after one whose fixes were cut for want of space. It is emptied
 *   on the way: where everything has changed, there is no memory for all of it twice
 */
export function keepChecks<Made>(
  checks: readonly object[],
  asked: Asked,
  { last, make }: { last: Kept<Made> | null; make: (name: string, noted: Asked) => Made },
): Keeping<Made> {
  if (last !== null && !isAlike(checks, asked, last)) last.entries.clear()
  const kept: Kept<Made> = { checks, facts: asked.facts, answers: new Map(), entries: new Map() }
  const answerTo = keepAnswers(asked.answers, kept.answers, last?.answers)
  const book = openNotes()
  const noted = noteIn(asked, { answerTo, book })
  const made = new Map<string, Made>()

  const of = (name: string): Made => {
    const one = made.get(name) ?? unchanged(name) ?? makeAnew(name)
    made.set(name, one)
    book.open()?.others.set(name, one)
    return one
  }
  const unchanged = (name: string): Made | null => {
    const entry = last?.entries.get(name)
    last?.entries.delete(name)
    // What is compared is not what the check around it reads.
    if (entry === undefined || !book.during(null, () => isUnchanged(entry))) return null
    asked.fixSpace?.spend(entry.characters)
    kept.entries.set(name, entry)
    return entry.made
  }
  const isUnchanged = ({ answers, others }: Entry<Made>) =>
    [...answers].every(([question, answer]) => answerTo(question) === answer) &&
    [...others].every(([name, other]) => of(name) === other)
  const makeAnew = (name: string): Made => {
    const notes: Notes = { answers: new Map(), others: new Map(), characters: 0, isFleeting: false }
    const one = book.during(notes, () => make(name, noted))
    if (!notes.isFleeting) kept.entries.set(name, { ...notes, made: one })
    return one
  }
  return { of, kept: asked.unreachable === null ? kept : null }
}

function isAlike(checks: readonly object[], { facts, unreachable }: Asked, last: Kept<unknown>): boolean {
  return unreachable === null && isSameList(checks, last.checks) && isSameHost(facts, last.facts)
}

/** An answer that says the same as the one before is the same object. */
function keepAnswers(
  answers: Answers,
  kept: Map<string, Answer<unknown>>,
  last: Kept<unknown>['answers'] = new Map(),
) {
  return (question: Question): Answer<unknown> => {
    const key = questionKey(question)
    const known = kept.get(key)
    if (known !== undefined) return known
    const [now, then] = [answers.of(question), last.get(key)]
    const answer = then !== undefined && isDeepStrictEqual(now, then) ? then : now
    kept.set(key, answer)
    return answer
  }
}

/** The notes being taken, the innermost last. */
function openNotes() {
  const all: (Notes | null)[] = []
  return {
    open: () => all.at(-1) ?? null,
    during<T>(notes: Notes | null, work: () => T): T {
      all.push(notes)
      try {
        return work()
      } finally {
        all.pop()
      }
    },
    noteFleeting() {
      const notes = all.at(-1)
      if (notes) notes.isFleeting = true
    },
    /** Marks all of them: checks that need each other in a ring overflow the stack somewhere in it, and none of them may be compared. */
    noteBug() {
      for (const notes of all) if (notes) notes.isFleeting = true
    },
  }
}

interface Noting {
  readonly answerTo: (question: Question) => Answer<unknown>
  readonly book: ReturnType<typeof openNotes>
}

function noteIn(asked: Asked, { answerTo, book }: Noting): Asked {
  const { fixText, fixSpace, failed } = asked
  return {
    ...asked,
    facts: noteTime(asked.facts, book.noteFleeting),
    answers: {
      of<Q extends Question>(question: Q): AnswerTo<Q> {
        const answer = answerTo(question)
        book.open()?.answers.set(question, answer)
        // The key includes the way of asking, so the value has that way's type.
        return answer as AnswerTo<Q>
      },
    },
    fixText(...args) {
      const before = fixSpace?.left() ?? 0
      const text = fixText(...args)
      const notes = book.open()
      if (notes !== null) notes.characters += before - (fixSpace?.left() ?? 0)
      return text
    },
    failed(error, need) {
      book.noteBug()
      failed?.(error, need)
    },
  }
}

/** A need may remember the facts for long after the round, so they hold nothing else of it. */
function noteTime(facts: Facts, note: () => void): Facts {
  const { now } = facts
  return Object.defineProperty({ ...facts }, 'now', {
    enumerable: true,
    get() {
      note()
      return now
    },
  })
}
