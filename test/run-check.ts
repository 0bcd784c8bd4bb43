import { readFileSync } from 'node:fs'
import { execa } from 'execa'
import type { Counts } from './run-vitest.ts'

/**
 * What `npm run check` runs, each of its programs counted like a test: the first that fails keeps none of the others, nor
 * the tests, from being run.
 */
export async function runCheck(script = scriptOf('check')): Promise<Counts> {
  const programs = script.split(' && ')
  const failures: string[] = []
  for (const program of programs) {
    process.stdout.write(`[check] ${program}\n`)
    const { exitCode } = await execa({ stdio: 'inherit', reject: false, preferLocal: true, shell: true })(
      program,
    )
    if (exitCode !== 0) failures.push(`npm run check: ${program} ended with ${exitCode}`)
  }
  const failed = failures.length
  return { passed: programs.length - failed, failed, skipped: 0, failures, durations: [] }
}

function scriptOf(name: string): string {
  return JSON.parse(readFileSync('package.json', 'utf8')).scripts[name]
}
