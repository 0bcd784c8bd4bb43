import type { Answers } from '../model/answers.ts'
import type { RunQuestion, RunResult } from '../model/question.ts'
import type { DatabaseRead, PackageState } from './package-state.ts'

/** All packages by one run: the database itself is Berkeley DB, ndb or SQLite, by the version of rpm. */
export const rpmQuestion: RunQuestion = {
  ask: 'run',
  argv: ['rpm', '-qa', '--queryformat', '%{NAME}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\n'],
}

export function findRpm(answers: Answers): DatabaseRead {
  const answer = answers.of(rpmQuestion)
  if (answer.fate === 'absent') return { fate: 'failed', detail: "rpm is not on the host's PATH" }
  if (answer.fate !== 'found') return answer
  const packages = parseRpmList(answer.value)
  if (packages === null) return { fate: 'failed', detail: outcomeOf(answer.value) }
  return (name) => packages.get(name) ?? { state: 'absent' }
}

/** A name may be installed in several versions (kernels): the last one listed is the newest. null for a list that is no proof. */
function parseRpmList({ exitCode, stdout, truncated }: RunResult): ReadonlyMap<string, PackageState> | null {
  if (exitCode !== 0 || truncated || stdout.trim() === '') return null
  const packages = new Map<string, PackageState>()
  for (const line of stdout.split('\n')) {
    const [name, version] = line.split('\t')
    if (name && version) packages.set(name, { state: 'installed', version, by: null })
  }
  return packages
}

function outcomeOf({ exitCode, stderr, truncated }: RunResult): string {
  if (truncated) return 'rpm -qa printed more than can be read'
  const [first = ''] = stderr.trim().split('\n')
  return exitCode === 0 ? 'rpm -qa printed no package' : `rpm -qa exits with ${exitCode}: ${first}`
}
