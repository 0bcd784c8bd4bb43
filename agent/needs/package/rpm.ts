import { rpmFolders } from '#agent/model/facts.ts'
import type { RunQuestion, RunResult } from '#agent/model/question.ts'
import { compareRpmVersions } from '#agent/versions/rpm.ts'
import { packageFamily } from './package-family.ts'
import type { DatabaseRead, PackageState } from './package-state.ts'

/**
 * All packages by one run: the database itself is Berkeley DB, ndb or SQLite, by the version of rpm. Only their own
 * names: what they provide would be more than can be read (a kernel provides thousands of names).
 */
export const listAll = {
  ask: 'run',
  reads: rpmFolders,
  argv: ['rpm', '-qa', '--queryformat', '%{NAME}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\n'],
} as const satisfies RunQuestion

export const rpm = packageFamily({ question: listAll, compare: compareRpmVersions, read: readList })

/** rpm skips a damaged header, says "error:", and exits with 0: then what is not listed may yet be installed. */
function readList(ran: RunResult): DatabaseRead {
  const packages = ran.exitCode === 0 && !ran.truncated ? parseList(ran.stdout) : null
  if (packages === null || packages.size === 0) return { fate: 'failed', detail: outcomeOf(ran) }
  const complaint = /^error: .*$/m.exec(ran.stderr)?.[0]
  const otherwise: PackageState =
    complaint === undefined ? { state: 'absent' } : { state: 'unlisted', detail: `rpm -qa: ${complaint}` }
  return (name) => packages.get(name) ?? otherwise
}

/** A name may be installed in several versions (kernels), listed in any order: the newest counts. */
function parseList(stdout: string): ReadonlyMap<string, PackageState> {
  const newest = new Map<string, string>()
  for (const line of stdout.split('\n')) {
    const [name, version] = line.split('\t')
    if (!name || !version) continue
    const known = newest.get(name)
    if (known === undefined || compareRpmVersions(version, known) > 0) newest.set(name, version)
  }
  return new Map([...newest].map(([name, version]) => [name, { state: 'installed', version }]))
}

function outcomeOf({ exitCode, signal, stderr, truncated }: RunResult): string {
  if (truncated) return 'rpm -qa printed more than can be read'
  const [first = ''] = stderr.trim().split('\n')
  const words = first === '' ? '' : `: ${first.slice(0, 200)}`
  if (exitCode === 0) return `rpm -qa printed no package${words}`
  return exitCode === null ? `rpm -qa was ended by ${signal}` : `rpm -qa exits with ${exitCode}${words}`
}
