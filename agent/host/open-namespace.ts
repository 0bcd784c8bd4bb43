import type { AnswerEntry } from '../model/answers.ts'
import { wordsOf } from '../model/failed.ts'
import type { Answer, Question, RunQuestion, UnitQuestion } from '../model/question.ts'
import { childArgv, readChild } from './ask-child.ts'
import { SuspectFound, askFiles, isFileQuestion } from './ask-files.ts'
import type { FileQuestion, FileView } from './ask-files.ts'
import { askSettings } from './ask-settings.ts'
import type { FileCache } from './file-cache.ts'
import { hostEnvironment, hostPath } from './host-path.ts'
import type { KeptRuns } from './kept-runs.ts'
import { readSuspectMounts } from './mounts.ts'
import { notOurs, settingFlags, splitSettings } from './namespaced-settings.ts'
import { nsenterArgv, readNsenter } from './nsenter.ts'
import { programRunner } from './program-runner.ts'
import type { Runs } from './run-once.ts'
import { runProgram } from './run-program.ts'
import type { Target } from './target.ts'
import { readUnits, showUnits } from './units.ts'

/** What is kept from one asking to the next. */
export interface Means {
  readonly cache: FileCache
  readonly runs: Runs
  readonly kept: KeptRuns
  /** Milliseconds. */
  readonly deadline: number
}

/** One mount namespace as it is now: its mounts are looked at once, when it is opened. */
export function openNamespace(target: Target, { cache, runs, kept, deadline }: Means) {
  const suspects = readSuspectMounts(target.mountinfo)
  const view: FileView = { root: target.root, suspects, passed: new Map(), hostPath, cache }
  const env = hostEnvironment(target.namespace !== null)

  const run = (argv: readonly [string, ...string[]], spent = 0) =>
    runs.ask(JSON.stringify(argv), () => runProgram(argv, { env, deadline, spent }))

  const askFile = async (question: FileQuestion): Promise<Answer<unknown>> => {
    try {
      return askFiles(view, question)
    } catch (error) {
      if (!(error instanceof SuspectFound)) return ourFault(error)
      const task = { root: view.root, questions: [question] }
      return readChild(task, await run(childArgv(task)), `the mount ${error.mount}`)[0] ?? noAnswer
    }
  }

  const runOn = programRunner({ view, target, kept, run, askFile })

  const askUnits = async (questions: readonly UnitQuestion[]): Promise<AnswerEntry[]> => {
    if (questions.length === 0) return []
    const names = questions.map(({ name }) => name)
    return pair(questions, readUnits(names, await runOn({ argv: showUnits(names) })))
  }

  const inside = async (argv: readonly [string, ...string[]]) =>
    readNsenter(await run(nsenterArgv(settingFlags(target), argv)))

  return {
    async ask(questions: readonly Question[]): Promise<readonly AnswerEntry[]> {
      const files = questions.filter(isFileQuestion)
      const { shared, inner, closed } = splitSettings(files, target)
      const programs = questions.filter((question): question is RunQuestion => question.ask === 'run')
      const all = await Promise.all([
        askUnits(questions.filter((question) => question.ask === 'unit')),
        inner.length === 0 ? [] : askSettings(view.root, inner, inside),
        ...programs.map(async (question) => pair([question], [await runOn(question)])),
        ...shared.map(async (question) => pair([question], [await askFile(question)])),
      ])
      return [...all.flat(), ...closed.map((question) => [question, notOurs] as const)]
    },
  }
}

/** One question that we fail to ask must not take the others with it. */
function ourFault(error: unknown): Answer<never> {
  return { fate: 'failed', detail: `hostdeps failed to ask it: ${wordsOf(error)}` }
}

function pair(questions: readonly Question[], answers: readonly Answer<unknown>[]): AnswerEntry[] {
  return questions.map((question, index) => [question, answers[index] ?? noAnswer])
}

const noAnswer: Answer<never> = { fate: 'failed', detail: 'no answer came' }
