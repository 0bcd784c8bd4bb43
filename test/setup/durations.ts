import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

/** How long the tests of a file took, with their hooks: vitest's JSON does not count what a `beforeAll` waits for. */
export interface Duration {
  readonly file: string
  /** Milliseconds. */
  readonly took: number
}

/** Names the file to which the durations are written, as JSON. */
export const durationsPath = 'HOSTDEPS_TEST_DURATIONS'

export default class DurationsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const path = process.env[durationsPath]
    if (path === undefined) return
    const durations = modules.map((module): Duration => {
      const { duration } = module.diagnostic()
      return { file: relative(process.cwd(), module.moduleId), took: duration }
    })
    writeFileSync(path, JSON.stringify(durations))
  }
}
