import { fileURLToPath } from 'node:url'
import type { AnswerEntry } from '../model/answers.ts'
import type { Host } from '../model/host.ts'
import type { Answer, Question, RunQuestion, RunResult, UnitQuestion } from '../model/question.ts'
import { SuspectFound, askFiles, isFileQuestion } from './ask-files.ts'
import type { FileQuestion, FileView } from './ask-files.ts'
import { createFileCache } from './file-cache.ts'
import { findProcess } from './find-process.ts'
import { hostEnvironment, hostPath } from './host-path.ts'
import { readSuspectMounts } from './mounts.ts'
import { nsenterArgv, readNsenter } from './nsenter.ts'
import { createRuns } from './run-once.ts'
import { runProgram } from './run-program.ts'
import { targetOf, testTarget } from './target.ts'
import type { Target } from './target.ts'
import { readUnits, showUnits } from './units.ts'

export interface HostOptions {
  /** The proc file system to look through: /proc, or the host's as it is mounted in a container. */
  readonly procfs: string
  /** The process whose mount namespace is the host; null for our own. */
  readonly targetPid: number | null
  /** Longest wait for one answer, milliseconds. */
  readonly deadlineMs: number
}

/** A mount namespace as it is in one batch of questions. */
interface View extends FileView {
  readonly target: Target
}

/**
 * Opens a host to be asked.
 *
 * - Files are read by ourselves, at once; what lies on a mount that may hang is read by a child.
 * - Programs are run in the host's mount namespace; all units are one run of systemctl.
 * - Every answer comes within the deadline and 200 ms, whatever the host does; none waits for another.
 */
export function openHost({ procfs, targetPid, deadlineMs }: HostOptions): Host {
  const target = targetOf(procfs, targetPid)
  const cache = createFileCache()
  const runs = createRuns()

  const viewOf = (seen: Target): View => ({
    root: seen.root,
    suspects: readSuspectMounts(seen.mountinfo),
    hostPath,
    cache,
    target: seen,
  })

  const run = (key: string, argv: readonly [string, ...string[]]) =>
    runs.ask(key, () => runProgram(argv, { env: hostEnvironment(target.namespace !== null), deadline: deadlineMs }))

  const askFile = async (view: View, question: FileQuestion): Promise<Answer<unknown>> => {
    try {
      return askFiles(view, question)
    } catch (error) {
      if (!(error instanceof SuspectFound)) throw error
      const asked = JSON.stringify({ root: view.root, question })
      return readSuspect(await run(`suspect ${asked}`, [process.execPath, suspectReader, asked]), error)
    }
  }

  const runOn = async (view: View, argv: readonly string[]): Promise<Answer<RunResult>> => {
    const [name = '', ...args] = argv
    const found = await askFile(view, { ask: 'which', name })
    if (found.fate !== 'found') return found
    const { path } = found.value as { path: string }
    const { namespace } = view.target
    const key = JSON.stringify([namespace, argv])
    if (namespace === null) return run(key, [path, ...args])
    return readNsenter(await run(key, nsenterArgv(namespace, [path, ...args])))
  }

  const askUnits = async (view: View, questions: readonly UnitQuestion[]): Promise<AnswerEntry[]> => {
    if (questions.length === 0) return []
    const names = questions.map(({ name }) => name)
    const answers = readUnits(names, await runOn(view, showUnits(names)))
    return questions.flatMap((question, index) => (answers[index] ? [[question, answers[index]] as const] : []))
  }

  const askIn = async (view: View, questions: readonly Question[]): Promise<AnswerEntry[]> => {
    const units = questions.filter((question) => question.ask === 'unit')
    const programs = questions.filter((question): question is RunQuestion => question.ask === 'run')
    const files = questions.filter(isFileQuestion)
    const running = [
      askUnits(view, units),
      ...programs.map(async (question) => [[question, await runOn(view, question.argv)] as const]),
      ...files.map(async (question) => [[question, await askFile(view, question)] as const]),
    ]
    return (await Promise.all(running)).flat()
  }

  return {
    description: target.description,
    selfTest: () => Promise.resolve(testTarget(target)),
    async ask(questions) {
      const groups = Map.groupBy(questions, (question) => ('in' in question ? (question.in ?? null) : null))
      const all = [...groups].map(([process, group]) => {
        if (process === null) return askIn(viewOf(target), group)
        const found = findProcess(procfs, process)
        if (found.fate !== 'found') return group.map((question): AnswerEntry => [question, found])
        return askIn(viewOf(targetOf(procfs, found.value)), group)
      })
      return (await Promise.all(all)).flat()
    },
    close: () => Promise.resolve(),
  }
}

/** Beside this file, in the sources and in the bundle alike. */
const suspectReader = fileURLToPath(import.meta.resolve(`./suspect-reader${import.meta.filename.slice(-3)}`))

/** What the child that read a suspect mount has printed. */
function readSuspect(answer: Answer<RunResult>, { mount }: SuspectFound): Answer<unknown> {
  if (answer.fate === 'timed-out') return { fate: 'timed-out', detail: `the mount ${mount} does not answer` }
  if (answer.fate !== 'found') return answer
  try {
    return JSON.parse(answer.value.stdout) as Answer<unknown>
  } catch {
    return { fate: 'failed', detail: `reading below the mount ${mount} failed: ${answer.value.stderr.slice(0, 200)}` }
  }
}
