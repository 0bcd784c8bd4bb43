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

/** What running the host's programs takes. */
export interface Runner {
  readonly view: FileView
  readonly target: Target
  readonly kept: RunCache
  /** @param spent milliseconds of the deadline that are over already */
  run(argv: readonly [string, ...string[]], spent: number): Promise<Answer<RunResult>>
  askFile(question: FileQuestion): Promise<Answer<unknown>>
}

type Wanted = Pick<RunQuestion, 'argv' | 'reads' | 'isOfProgram'>

/** Runs programs of the host in its mount namespace; of one whose answer still stands, that answer is given. */
export function programRunner(runner: Runner): (wanted: Wanted) => Promise<Answer<RunResult>> {
  const { view, kept, askFile } = runner
  // The same for all programs of one asking.
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
      // Most of the time may be over, where the program is on a slow mount.
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
  // The process through which the host is seen may have gone elsewhere, or ended.
  const now = mountNamespaceOf(target.place)
  if (now !== namespace.id) return typeof now === 'string' ? moved : now
  return readNsenter(await run(nsenterArgv([`--mount=${namespace.file}`], command), spent))
}

const moved: Answer<never> = {
  fate: 'denied',
  detail: 'the process through which the host is seen is in another mount namespace than at the start',
}

/** Longest that the answer of an unchanged program stands, milliseconds: a library can be gone without a trace in it. */
const longestKept = 600_000

/** What a kept answer goes by; null when that cannot be told. */
function signOfProgram({ root, suspects }: FileView, path: string, packages: string | null): string | null {
  const program = signFile(root, path, suspects)
  if (program === null || packages === null) return null
  return `${program} ${packages} ${Math.floor(performance.now() / longestKept)}`
}

/** What installs its libraries leaves a trace here. */
const packageFolders = ['/var/lib/dpkg', ...rpmFolders, '/lib/apk/db', '/var/lib/pacman']

/** What lies on a mount that may hang is not looked at here. */
function isRunnable(view: FileView, path: string): boolean {
  const resolved = resolvePath(view, path)
  if (resolved.fate !== 'found' || !resolved.value.stat.isFile()) return true
  return isExecutableFormat(view.root + resolved.value.real)
}

/** As a shell tells it. */
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
