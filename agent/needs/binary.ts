import * as z from 'zod'
import { longestCommand, longestPath } from '#agent/model/bounds.ts'
import type { Answers } from '#agent/model/answers.ts'
import type { Kind } from '#agent/model/need.ts'
import type { RunQuestion, RunResult, WhichQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { compareDottedVersions, findVersion } from '#agent/versions/dotted.ts'
import { inRange } from '#agent/versions/range.ts'
import { listOf } from '#agent/needs/parts/bounded.ts'
import { shellWord } from '#agent/fixes/shell-word.ts'
import { versionRange } from '#agent/needs/parts/version-range.ts'

const schema = z
  .strictObject({
    binary: z
      .string()
      .max(longestPath)
      .regex(/^(\/[\w.+/@-]+|(?!\.+$|-)[\w.+@-]+)$/, 'is neither the name of a program nor an absolute path')
      .describe(
        "A program of the host that may be executed: a name on the host's PATH, or an absolute path.",
      ),
    run: listOf(
      z
        .string()
        .max(longestCommand)
        .regex(/^\P{Cc}*$/u, 'must not hold control characters'),
    )
      .optional()
      .describe(
        'Arguments with which it is run on the host: a program that is there but broken is missing too.',
      ),
    version: versionRange
      .optional()
      .describe('What the version number that it prints must satisfy: ">=2.1".'),
  })
  .meta({ dependentRequired: { version: ['run'] } })
  .refine((spec) => spec.version === undefined || spec.run !== undefined, {
    error: 'version needs run: the arguments that make it print its version',
    path: ['version'],
  })

type Spec = z.infer<typeof schema>

/** A program of the host: on its PATH, executable and, when the file says `run`, able to run. */
export const binary: Kind<typeof schema> = {
  name: 'binary',
  schema,
  subject: (spec) => spec.binary,
  questions: (spec) => [whichQuestion(spec), ...(spec.run ? [runQuestion(spec, spec.run)] : [])],
  runs: (spec) => (spec.run ? [[spec.binary, ...spec.run]] : []),
  judge(spec, answers) {
    const question = whichQuestion(spec)
    const which = answers.of(question)
    if (which.fate === 'absent') return notFound(spec, which.detail)
    if (which.fate !== 'found') return unanswered(spec.binary, which)
    const { path, executable } = which.value
    if (!executable) {
      return verdict(
        'BinaryNotExecutable',
        { path },
        { evidence: [path], fix: { run: [`chmod +x ${shellWord(path)}`] } },
      )
    }
    if (spec.run === undefined)
      return verdict('BinaryFound', { name: spec.binary, path }, { evidence: [path] })
    return judgeRun(spec, answers, { path, args: spec.run })
  },
}

function whichQuestion(spec: Spec): WhichQuestion {
  return { ask: 'which', name: spec.binary }
}

function runQuestion(spec: Spec, args: readonly string[]): RunQuestion {
  const argv = [spec.binary, ...args]
  return args.every(isVersionFlag) ? { ask: 'run', argv, isOfProgram: true } : { ask: 'run', argv }
}

function isVersionFlag(arg: string): boolean {
  return /^-{0,2}(version|v)$/i.test(arg)
}

function notFound(spec: Spec, detail: string): Verdict {
  return verdict('BinaryNotFound', { name: spec.binary }, { evidence: [detail] })
}

interface Place {
  readonly path: string
  readonly args: readonly string[]
}

function judgeRun(spec: Spec, answers: Answers, { path, args }: Place): Verdict {
  const command = [path, ...args].join(' ')
  const ran = answers.of(runQuestion(spec, args))
  if (ran.fate === 'absent')
    return verdict('BinaryBroken', { command, outcome: `cannot be run: ${ran.detail}` }, { evidence: [path] })
  if (ran.fate !== 'found') return unanswered(command, ran, [path])
  const outcome = badOutcome(ran.value)
  if (outcome !== null) return verdict('BinaryBroken', { command, outcome }, { evidence: [path] })
  return judgeVersion(spec, command, { path, output: `${ran.value.stdout}\n${ran.value.stderr}` })
}

/** What is wrong with how it ended; null when nothing is. */
function badOutcome({ exitCode, signal, stderr }: RunResult): string | null {
  if (exitCode === 0) return null
  const [first = ''] = stderr.trim().split('\n')
  const words = first === '' ? '' : `: ${first.slice(0, 200)}`
  return exitCode === null ? `was ended by ${signal}${words}` : `exits with ${exitCode}${words}`
}

function judgeVersion(spec: Spec, command: string, seen: { path: string; output: string }): Verdict {
  const { path } = seen
  // Of a program that was not asked for it, any number with dots may be an address or a user's datum.
  const isAsked = spec.version !== undefined || spec.run?.some(isVersionFlag)
  const version = isAsked ? findVersion(seen.output) : null
  const evidence = [version === null ? path : `${path}, version ${version}`]
  if (spec.version === undefined) return verdict('BinaryFound', { name: spec.binary, path }, { evidence })
  if (version === null) return verdict('BinaryVersionUnknown', { command }, { evidence })
  if (inRange(version, spec.version.range, compareDottedVersions)) {
    return verdict('BinaryFound', { name: spec.binary, path }, { evidence })
  }
  return verdict('BinaryTooOld', { name: spec.binary, version, wanted: spec.version.text }, { evidence })
}
