import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bootsHosts, projectOf } from '../projects.ts'
import { inotifyInstances } from './inotify-instances.ts'
import type { Step } from './step.ts'
import { steps } from './steps.ts'
import { sweepHosts } from './sweep-hosts.ts'
import { systemPackages } from './system-packages.ts'

const variable = /\b(?:HOSTDEPS_TEST_[A-Z_]+|CHROMIUM)\b/g

/**
 * The steps that a test file needs, by what it or a file of test/ that it imports mentions: the variables that steps give,
 * and `hasProgram`. What boots hosts or clusters needs Debian's packages, a machine swept of killed runs and room for
 * hosts beside each other as well.
 */
export function needsOf(file: string): Step[] {
  const needed = new Set(steps.filter(({ gives }) => gives.some((name) => variablesIn(file).has(name))))
  if (bootsHosts(projectOf(file))) needed.add(systemPackages).add(sweepHosts).add(inotifyInstances)
  if (filesOf(file).has(oracles)) needed.add(systemPackages)
  return steps.filter((step) => needed.has(step))
}

/** Those of its steps that have not run, by the variables that they would have set. */
export function lackingFor(file: string): Step[] {
  const names = variablesIn(file)
  const isLacking = (name: string) =>
    name !== 'CHROMIUM' && names.has(name) && process.env[name] === undefined
  return needsOf(file).filter(({ gives }) => gives.some(isLacking))
}

export function variablesIn(file: string): Set<string> {
  const texts = [...filesOf(file)].map((path) => readFileSync(path, 'utf8'))
  return new Set(texts.flatMap((text) => text.match(variable) ?? []))
}

const oracles = 'test/setup/has-program.ts'

/** A file and what it imports of test/, but for test/setup/: that is where the variables are set. */
function filesOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/\bfrom '(\.[^']+\.ts)'/g)) {
    const imported = join(dirname(file), path)
    const isSetUp = imported.startsWith('test/setup/') && imported !== oracles
    if (imported.startsWith('test/') && !isSetUp) filesOf(imported, seen)
  }
  return seen
}
