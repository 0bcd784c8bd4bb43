import type { Answer, Program, RunResult } from '../model/question.ts'
import type { FileQuestion, FileView } from './ask-files.ts'
import { isExecutableFormat } from './executable-format.ts'
import { signFolders } from './folder-signature.ts'
import type { KeptRuns } from './kept-runs.ts'
import { nsenterArgv, readNsenter } from './nsenter.ts'
import { resolvePath } from './resolve-path.ts'
import type { Target } from './target.ts'

/** What running the host's programs takes. */
export interface Runner {
  readonly view: FileView
  readonly target: Target
  readonly kept: KeptRuns
  /** @param spent milliseconds of the deadline that are over already */
  run(argv: readonly [string, ...string[]], spent: number): Promise<Answer<RunResult>>
  askFile(question: FileQuestion): Promise<Answer<unknown>>
}

interface Wanted {
  readonly argv: readonly string[]
  readonly reads?: readonly string[]
}

/** Runs programs of the host in its mount namespace; of one whose answer still stands, that answer is given. */
export function programRunner(runner: Runner): (wanted: Wanted) => Promise<Answer<RunResult>> {
  const { view, kept } = runner
  return ({ argv, reads }) => {
    if (reads === undefined) return runOn(runner, argv)
    const sign = signFolders(view.root, reads, view.suspects)
    return kept.keep(`${view.root} ${argv.join(' ')}`, sign, () => runOn(runner, argv))
  }
}

async function runOn(
  { view, target, run, askFile }: Runner,
  argv: readonly string[],
): Promise<Answer<RunResult>> {
  const [name = '', ...args] = argv
  const start = performance.now()
  const found = (await askFile({ ask: 'which', name })) as Answer<Program>
  if (found.fate !== 'found') return found
  const command = [found.value.path, ...args] as const
  if (!isRunnable(view, found.value.path)) return formatError
  // Most of the time may be over, where the program is on a slow mount.
  const spent = performance.now() - start
  if (target.namespace === null) return run(command, spent)
  return readNsenter(await run(nsenterArgv([`--mount=${target.namespace}`], command), spent))
}

/** What lies on a mount that may hang is not looked at here. */
function isRunnable(view: FileView, path: string): boolean {
  const resolved = resolvePath(view.root, path, view.suspects)
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
