import type { AnswerEntry } from '../model/answers.ts'
import type { Answer, Program, Question, RunQuestion, RunResult, UnitQuestion } from '../model/question.ts'
import { childArgv, readChild } from './ask-child.ts'
import { SuspectFound, askFiles, isFileQuestion } from './ask-files.ts'
import type { FileQuestion, FileView } from './ask-files.ts'
import { isExecutableFormat } from './executable-format.ts'
import type { FileCache } from './file-cache.ts'
import { hostEnvironment, hostPath } from './host-path.ts'
import { readSuspectMounts } from './mounts.ts'
import { nsenterArgv, readNsenter } from './nsenter.ts'
import { settingKind } from './namespaced-settings.ts'
import type { Runs } from './run-once.ts'
import { runProgram } from './run-program.ts'
import type { NamespaceKind, Target } from './target.ts'
import { resolvePath } from './resolve-path.ts'
import { readUnits, showUnits } from './units.ts'

/** What is kept from one asking to the next. */
export interface Means {
  readonly cache: FileCache
  readonly runs: Runs
  /** Milliseconds. */
  readonly deadline: number
}

/** One mount namespace as it is now: its mounts are looked at once, when it is opened. */
export function openNamespace(target: Target, { cache, runs, deadline }: Means) {
  const view: FileView = { root: target.root, suspects: readSuspectMounts(target.mountinfo), hostPath, cache }
  const env = hostEnvironment(target.namespace !== null)

  const run = (argv: readonly [string, ...string[]], spent = 0) =>
    runs.ask(JSON.stringify(argv), () => runProgram(argv, { env, deadline, spent }))

  const askFile = async (question: FileQuestion): Promise<Answer<unknown>> => {
    try {
      return askFiles(view, question)
    } catch (error) {
      if (!(error instanceof SuspectFound)) throw error
      const task = { root: view.root, questions: [question] }
      return readChild(task, await run(childArgv(task)), `the mount ${error.mount}`)[0] ?? noAnswer
    }
  }

  const runOn = async (argv: readonly string[]): Promise<Answer<RunResult>> => {
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

  const askUnits = async (questions: readonly UnitQuestion[]): Promise<AnswerEntry[]> => {
    if (questions.length === 0) return []
    const names = questions.map(({ name }) => name)
    return pair(questions, readUnits(names, await runOn(showUnits(names))))
  }

  /** What a child reads in the host's namespaces; those of processes and users cannot be entered from below. */
  const askSettings = async (questions: readonly FileQuestion[]): Promise<AnswerEntry[]> => {
    const [inner, closed] = splitBy(questions, (question) => canBeEntered(kindOf(target, question)))
    const refused = closed.map((question) => [question, notOurs] as const)
    if (inner.length === 0) return refused
    const task = { root: view.root, questions: inner }
    const ran = readNsenter(await run(nsenterArgv(flagsOf(target), childArgv(task))))
    return [...refused, ...pair(inner, readChild(task, ran, 'the settings of the host'))]
  }

  const isSetting = (question: FileQuestion) => kindOf(target, question) !== null
  return {
    async ask(questions: readonly Question[]): Promise<readonly AnswerEntry[]> {
      const [settings, others] = splitBy(questions.filter(isFileQuestion), isSetting)
      const all = await Promise.all([
        askUnits(questions.filter((question) => question.ask === 'unit')),
        askSettings(settings),
        ...questions.filter(isRun).map(async (question) => pair([question], [await runOn(question.argv)])),
        ...others.map(async (question) => pair([question], [await askFile(question)])),
      ])
      return all.flat()
    },
  }
}

function isRun(question: Question): question is RunQuestion {
  return question.ask === 'run'
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

/** The namespace that tells another value to us than to the host. */
function kindOf({ others }: Target, question: FileQuestion): NamespaceKind | null {
  const kind = 'path' in question ? settingKind(question.path) : null
  return kind !== null && others.has(kind) ? kind : null
}

function flagsOf({ others }: Target): readonly string[] {
  return [...others].flatMap(([kind, file]) => (canBeEntered(kind) ? [`--${kind}=${file}`] : []))
}

function canBeEntered(kind: NamespaceKind | null): boolean {
  return kind !== 'pid' && kind !== 'user'
}

const notOurs: Answer<never> = {
  fate: 'failed',
  detail: 'the kernel tells a container its own value, and that of the host only to processes of the host',
}

function splitBy<T>(
  items: readonly T[],
  isFirst: (item: T) => boolean,
): readonly [readonly T[], readonly T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))]
}

function pair(questions: readonly Question[], answers: readonly Answer<unknown>[]): AnswerEntry[] {
  return questions.map((question, index) => [question, answers[index] ?? noAnswer])
}

const noAnswer: Answer<never> = { fate: 'failed', detail: 'no answer came' }
