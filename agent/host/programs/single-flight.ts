import type { Answer, RunResult } from '#agent/model/question.ts'
import { within } from './within.ts'
import type { Running } from './run-program.ts'

/** Runs programs without piling up: each question has at most one run at any time. */
export interface Runs {
  ask(key: string, start: () => Running): Promise<Answer<RunResult>>
  /** How many killed processes are still there. */
  abandoned(): number
}

/** How long a round waits for a question that timed out the last time. Milliseconds. */
const grace = 300

interface Memory {
  /** The answer of the run under way; null when there is none. */
  answer: Promise<Answer<RunResult>> | null
  isAlive: boolean
  /** An answer that came after its round. */
  late: Answer<RunResult> | null
  /** The last answer was `timed-out`. */
  isSlow: boolean
}

/**
 * A question that timed out does not hold up later rounds: they wait only {@link grace} for it while its run continues to
 * its deadline in the background, and a late answer is returned the next time. While a killed process is still alive
 * (D state), its question is not asked again.
 */
export function createRuns(): Runs {
  const memories = new Map<string, Memory>()
  return {
    async ask(key, start) {
      const memory = memories.get(key) ?? { answer: null, isAlive: false, late: null, isSlow: false }
      memories.set(key, memory)
      // A run that ended normally needs no memory.
      const forget = () => {
        const isOver = !memory.isSlow && !memory.isAlive && memory.answer === null
        if (isOver && memories.get(key) === memory) memories.delete(key)
      }
      const late = memory.late
      memory.late = null
      if (late !== null) return late
      const answer = memory.answer ?? (memory.isAlive ? stuck() : begin(memory, start))
      if (!memory.isSlow) return answer.finally(forget)
      const soon = await within(answer, grace)
      if (soon !== null) {
        memory.late = null
        return soon
      }
      void answer.then((value) => {
        if (value.fate !== 'timed-out') memory.late = value
      })
      return { fate: 'timed-out', detail: 'still no answer; the run continues' }
    },
    abandoned: () =>
      [...memories.values()].filter((memory) => memory.isAlive && memory.answer === null).length,
  }
}

function begin(memory: Memory, start: () => Running): Promise<Answer<RunResult>> {
  const running = start()
  memory.isAlive = true
  void running.gone.then(() => {
    memory.isAlive = false
  })
  memory.answer = running.answer.then((value) => {
    memory.answer = null
    memory.isSlow = value.fate === 'timed-out'
    return value
  })
  return memory.answer
}

function stuck(): Promise<Answer<RunResult>> {
  return Promise.resolve({
    fate: 'timed-out',
    detail: 'its last run was killed but has not ended (D state)',
  })
}
