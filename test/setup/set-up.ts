import { setTimeout as sleep } from 'node:timers/promises'
import type { Step } from './step.ts'

/** Sets the variables of a step, and says what it does; what to do for it when it cannot be had, else null. */
export async function setUp(step: Step, { retries }: { readonly retries: number }): Promise<string | null> {
  const start = Date.now()
  const tell = (progress: string) =>
    process.stdout.write(`[set-up ${Math.round((Date.now() - start) / 1000)} s] ${step.title}: ${progress}\n`)
  // A registry may be away for a moment, and what a step has got it keeps.
  for (let left = retries; ; left--) {
    try {
      Object.assign(process.env, await step.run(tell))
      tell('there')
      return null
    } catch (error) {
      if (left === 0) {
        tell('cannot be had')
        return `what needs ${step.title}, since ${whyOf(error)}. To get it: ${step.hint}`
      }
      tell(`once more in 20 s: ${whyOf(error)}`)
      await sleep(20_000)
    }
  }
}

/** Of a program that failed, which and the end of what it said: debootstrap says a line a package. */
function whyOf(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n')
  return lines.length < 14 ? lines.join('\n') : [lines[0], ...lines.slice(-12)].join('\n')
}
