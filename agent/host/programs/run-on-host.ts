import { rpmFolders } from '#agent/model/facts.ts'
import type { Answer, Program, RunQuestion, RunResult } from '#agent/model/question.ts'
import type { FileQuestion, FileView } from '#agent/host/files/ask-files.ts'
import { isExecutableFormat } from './executable-format.ts'
import { signFile, signFolders } from '#agent/host/files/folder-signature.ts'
import type { RunCache } from './run-cache.ts'
import { mountNamespaceOf } from '#agent/host/processes/mount-namespace.ts'
import { nsenterArgv, readNsenter } from './nsenter.ts'
import { once } from '#agent/host/files/once.ts'
import { resolvePath } from '#agent/host/files/resolve-path.ts'
import type { Target } from '#agent/host/processes/target.ts'

/** What it takes to run the host's programs. */
export interface Runner {
  readonly view: FileView
  readonly target: Target
  readonly kept: RunCache
  /** @param spent milliseconds of the deadline already used */
  run(argv: readonly [string, ...string[]], spent: number): Promise<Answer<RunResult>>
  askFile(question: FileQuestion): Promise<Answer<unknown>>
}

type Wanted = Pick<RunQuestion, 'argv' | 'reads' | 'isOfProgram'>

/** Runs programs of the host in its mount namespace, or returns the cached answer while it is valid. */
export function programRunner(runner: Runner): (wanted: Wanted) => Promise<Answer<RunResult>> {
  const { view, kept, askFile } = runner
  // The same for all programs of one set of questions.
  const packages = once(() => ({ sign: signFolders(view.root, packageFolders, view.suspects) }))
  const signOf = ({ reads, isOfProgram }: Wanted, path: string): string | null => {
    if (reads !== undefined) return signFolders(view.root, reads, view.suspects)
    return isOfProgram === undefined ? null : signOfProgram(view, path, packages().sign)
  }
  return async (wanted) => {
    const start = performance.now()
    const [name = ''] = wanted.argv
    const found = (await askFile({ ask: 'which', name })) as Answer<Program>
    if (found.fate !== 'found') return found
    const { path } = found.value
    const key = `${view.root} ${wanted.argv.join(' ')}`
    return kept.keep(key, signOf(wanted, path), () => {
      if (!isRunnable(view, path)) return Promise.resolve(formatError)
      // On a slow mount, finding the program may have used most of the deadline.
      return runFound(runner, [path, ...wanted.argv.slice(1)], performance.now() - start)
    })
  }
}

async function runFound(
  { target, run }: Runner,
  command: readonly [string, ...string[]],
  spent: number,
): Promise<Answer<RunResult>> {
  const { namespace } = target
  if (namespace === null) return run(command, spent)
  if ('fate' in namespace) return namespace
  // The process through which we see the host may have changed namespace, or ended.
  const now = mountNamespaceOf(target.place)
  if (now !== namespace.id) return typeof now === 'string' ? moved : now
  return readNsenter(await run(nsenterArgv([`--mount=${namespace.file}`], command), spent))
}

const moved: Answer<never> = {
  fate: 'denied',
  detail: 'the process through which the agent sees the host has changed its mount namespace since the start',
}

/** Longest time to cache the answer of an unchanged program, milliseconds: a library can vanish without a trace in it. */
const longestKept = 600_000

/** The signature that a cached answer depends on; null when it is unknown. */
function signOfProgram({ root, suspects }: FileView, path: string, packages: string | null): string | null {
  const program = signFile(root, path, suspects)
  if (program === null || packages === null) return null
  return `${program} ${packages} ${Math.floor(performance.now() / longestKept)}`
}

/** Whatever installs a program's libraries leaves a trace here. */
const packageFolders = ['/var/lib/dpkg', ...rpmFolders, '/lib/apk/db', '/var/lib/pacman']

/** A file on a mount that may hang is not examined, and counts as runnable. */
function isRunnable(view: FileView, path: string): boolean {
  const resolved = resolvePath(view, path)
  if (resolved.fate !== 'found' || !resolved.value.stat.isFile()) return true
  return isExecutableFormat(view.root + resolved.value.real)
}

/** What a shell would report. */
const formatError: Answer<RunResult> = {
  fate: 'found',
  value: {
    exitCode: 126,
    signal: null,
    stdout: '',
    stderr: 'cannot execute: Exec format error',
    truncated: false,
  },
}
