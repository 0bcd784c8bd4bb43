import { relative } from 'node:path'
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node'
import { lackingFor } from './needs.ts'

/** Says of every file whose tests are skipped what they lack, and how to get it. By its path it is a reporter as the default. */
export default class SkippedReporter implements Reporter {
  #isByName = false

  onInit({ config }: Vitest): void {
    this.#isByName = config.testNamePattern !== undefined
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules.flatMap((module) => skippedOf(module, this.#isByName))
    if (lines.length > 0) process.stdout.write(`\n${lines.join('\n')}\n`)
  }
}

function skippedOf(module: TestModule, isByName: boolean): string[] {
  const skipped = [...module.children.allTests('skipped')]
  if (skipped.length === 0) return []
  const file = relative(process.cwd(), module.moduleId)
  const lacking = lackingFor(file)
  const why = lacking.map(({ title }) => title).join(', ')
  if (why !== '') return [`SKIPPED: ${file} needs ${why}. To get it and run: npm test -- ${file}`]
  if (isByName) return []
  const reason = process.getuid?.() === 0 ? 'not of this machine' : 'for root alone, or not of this machine'
  return skipped.map((one) => `SKIPPED: ${file} > ${one.fullName}: ${noteOf(one) ?? reason}`)
}

/** What the test itself says when it skips. */
function noteOf(skipped: TestCase): string | undefined {
  const result = skipped.result()
  return result.state === 'skipped' ? result.note : undefined
}
