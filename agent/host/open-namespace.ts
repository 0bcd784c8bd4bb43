import { hash } from 'node:crypto'
import pLimit from 'p-limit'
import type { AnswerEntry } from '#agent/model/answers.ts'
import { mostPrograms, mostUnits } from '#agent/model/bounds.ts'
import { wordsOf } from '#agent/model/failed.ts'
import type { Answer, Question, RunQuestion, RunResult, UnitQuestion } from '#agent/model/question.ts'
import type { SpawnKind } from '#agent/model/spawns.ts'
import { childArgv, readChild } from '#agent/host/files/ask-child.ts'
import { SuspectFound, askFiles, isFileQuestion } from '#agent/host/files/ask-files.ts'
import type { FileQuestion, FileView } from '#agent/host/files/ask-files.ts'
import { askSettings } from '#agent/host/settings/ask-settings.ts'
import { askSuspects } from '#agent/host/files/ask-suspects.ts'
import { inBatches } from '#agent/host/files/batches.ts'
import type { FileCache } from '#agent/host/files/file-cache.ts'
import { hostEnvironment, hostPath } from '#agent/host/files/host-path.ts'
import type { RunCache } from '#agent/host/programs/run-cache.ts'
import { readSuspectMounts } from '#agent/host/files/suspect-mounts.ts'
import { notOurs, settingFlags, splitSettings } from '#agent/host/settings/namespaced-settings.ts'
import { nsenterArgv, readNsenter } from '#agent/host/programs/nsenter.ts'
import { programRunner } from '#agent/host/programs/run-on-host.ts'
import type { Runs } from '#agent/host/programs/single-flight.ts'
import { runProgram } from '#agent/host/programs/run-program.ts'
import type { Target } from '#agent/host/processes/target.ts'
import { readUnits, showUnits } from '#agent/host/programs/systemctl.ts'

/** State kept from one set of questions to the next. */
export interface Means {
  readonly cache: FileCache
  readonly runs: Runs
  readonly kept: RunCache
  /** Called for each program that is started. */
  readonly spawns: (kind: SpawnKind) => void
  /** Milliseconds. */
  readonly deadline: number
}

type Places = Pick<Target, 'root' | 'mountinfo'>
type Run = (argv: readonly [string, ...string[]], spent?: number) => Promise<Answer<RunResult>>

/** Programs that run at a time; the others wait, and waiting counts towards their deadline. */
const atOnce = 16

/** The host's own mount namespace as it is now: its mounts are read once, on opening. */
export function openNamespace(target: Target, means: Means) {
  const view = viewOf(target, means)
  const runFor = openRuns(means, target.namespace !== null)
  const runReader = runFor('file')
  const runOn = (kind: SpawnKind) =>
    programRunner({
      view,
      target,
      kept: means.kept,
      run: runFor(kind),
      askFile: (one) => askFile(view, one, runReader),
    })
  const [showOn, runThere, runInside] = [runOn('unit'), runOn('run'), runFor('setting')]
  const inside = async (argv: readonly [string, ...string[]]) =>
    readNsenter(await runInside(nsenterArgv(settingFlags(target), argv)))

  const askUnits = async (questions: readonly UnitQuestion[]): Promise<AnswerEntry[]> => {
    const { batches } = inBatches(questions.slice(0, mostUnits), ({ name }) => name, mostUnits)
    const asked = batches.map(async (batch) => {
      const names = batch.map(({ name }) => name)
      return pair(batch, readUnits(names, await showOn({ argv: showUnits(names) })))
    })
    return [...(await Promise.all(asked)).flat(), ...refuse(questions.slice(mostUnits), 'units')]
  }

  const askPrograms = async (questions: readonly RunQuestion[]): Promise<AnswerEntry[]> => {
    const limit = pLimit(atOnce)
    const asked = questions
      .slice(0, mostPrograms)
      .map((question) => limit(async (): Promise<AnswerEntry> => [question, await runThere(question)]))
    return [...(await Promise.all(asked)), ...refuse(questions.slice(mostPrograms), 'programs')]
  }

  return {
    async ask(questions: readonly Question[]): Promise<readonly AnswerEntry[]> {
      const { shared, inner, closed } = splitSettings(questions.filter(isFileQuestion), target)
      const all = await Promise.all([
        askUnits(questions.filter((question) => question.ask === 'unit')),
        inner.length === 0 ? [] : askSettings(view.root, inner, inside),
        askPrograms(questions.filter((question) => question.ask === 'run')),
        askAllFiles(view, shared, runReader),
      ])
      return [...all.flat(), ...closed.map((question) => [question, notOurs] as const)]
    },
  }
}

/** Opens the files of a mount namespace as it is now, and nothing else. */
export function openFiles(places: Places, means: Means) {
  const [view, run] = [viewOf(places, means), openRuns(means, false)('file')]
  return (questions: readonly FileQuestion[]) => askAllFiles(view, questions, run)
}

/** Equal command lines share a run: argv also says which namespaces are entered. */
function openRuns({ runs, spawns, deadline }: Means, isEntered: boolean): (kind: SpawnKind) => Run {
  const env = hostEnvironment(isEntered)
  return (kind) =>
    (argv, spent = 0) =>
      runs.ask(hash('sha256', JSON.stringify(argv)), () => {
        spawns(kind)
        return runProgram(argv, { env, deadline, spent })
      })
}

function viewOf({ root, mountinfo }: Places, { cache }: Means): FileView {
  return { root, suspects: readSuspectMounts(mountinfo), passed: new Map(), hostPath, cache }
}

async function askAllFiles(
  view: FileView,
  questions: readonly FileQuestion[],
  run: Run,
): Promise<AnswerEntry[]> {
  const suspects = new Map<string, FileQuestion[]>()
  const known = questions.flatMap((question): AnswerEntry[] => {
    const answer = askUnlessSuspect(view, question)
    if (!(answer instanceof SuspectFound)) return [[question, answer]]
    suspects.set(answer.mount, [...(suspects.get(answer.mount) ?? []), question])
    return []
  })
  return suspects.size === 0 ? known : [...known, ...(await askSuspects(view.root, suspects, run))]
}

async function askFile(view: FileView, question: FileQuestion, run: Run): Promise<Answer<unknown>> {
  const answer = askUnlessSuspect(view, question)
  if (!(answer instanceof SuspectFound)) return answer
  const task = { root: view.root, questions: [question] }
  return readChild(task, await run(childArgv(task)), `the mount ${answer.mount}`)[0] ?? noAnswer
}

function askUnlessSuspect(view: FileView, question: FileQuestion): Answer<unknown> | SuspectFound {
  try {
    return askFiles(view, question)
  } catch (error) {
    if (error instanceof SuspectFound) return error
    return ourFault(error)
  }
}

/** A bug of ours in one question must not take the others down. */
function ourFault(error: unknown): Answer<never> {
  return { fate: 'failed', detail: `hostdeps failed to ask it: ${wordsOf(error)}` }
}

function pair(questions: readonly Question[], answers: readonly Answer<unknown>[]): AnswerEntry[] {
  return questions.map((question, index) => [question, answers[index] ?? noAnswer])
}

const noAnswer: Answer<never> = { fate: 'failed', detail: 'no answer came' }

function refuse(questions: readonly Question[], what: string): AnswerEntry[] {
  const answer: Answer<never> = { fate: 'failed', detail: `checks ask about more ${what} than the limit` }
  return questions.map((question) => [question, answer])
}
