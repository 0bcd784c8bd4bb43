/** What was started, and how it is stopped: the last first, each of them whatever the others do. */
export interface Undo {
  add(step: () => Promise<void> | void): void
  /** Rejects when all are done, with what went wrong on the way. */
  run(): Promise<void>
}

export function openUndo(): Undo {
  const steps: (() => Promise<void> | void)[] = []
  return {
    add: (step) => void steps.push(step),
    async run() {
      const errors: unknown[] = []
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        try {
          await step()
        } catch (error) {
          errors.push(error)
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, 'not all could be stopped as it should')
    },
  }
}
