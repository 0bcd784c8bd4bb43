import { collectAnswers } from '#agent/model/answers.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Kind } from '#agent/model/need.ts'
import type { Answer, Question, UnansweredFate } from '#agent/model/question.ts'
import type { Verdict } from '#agent/model/reason.ts'

/** A host's files by path: their text, or the fate of asking for them. What is not in it is absent. */
export type Files = Readonly<Record<string, string>>

/** What a kind says of a need, written as in a check file, on a host that has just these files. */
export function judgeOn(
  kind: Kind,
  written: unknown,
  host: { files: Files; facts?: Partial<Facts> },
): Verdict {
  const spec = kind.schema.parse(written)
  const facts = { ...debian, ...host.facts }
  const questions = kind.questions(spec, facts)
  return kind.judge(
    spec,
    collectAnswers(questions.map((one) => [one, answerFile(one, host.files)] as const)),
    facts,
  )
}

export const unansweredFates: readonly UnansweredFate[] = ['denied', 'timed-out', 'failed']

export const debian: Facts = {
  hostname: 'node-1',
  distro: { id: 'debian', like: [], version: '12', variant: null, name: 'Debian' },
  family: 'debian',
  installer: 'apt-get',
  imageBased: null,
  container: null,
  kernel: '6.1.0-50-amd64',
  arch: 'amd64',
  now: 0,
  init: { type: 'systemd' },
  packages: 'dpkg',
  reboot: null,
}

export function answerFile(question: Question, files: Files): Answer<unknown> {
  if (!('path' in question) || question.ask === 'space' || question.ask === 'statAll')
    throw new Error(`${question.ask} is not a question about files`)
  const { path } = question
  const own = files[path]
  if (isFate(own)) return { fate: own, detail: `${path}: ${own}` }
  const inside = Object.keys(files).filter((file) => file.startsWith(`${path}/`))
  if (own === undefined && inside.length === 0) return { fate: 'absent', detail: `${path}: no such file` }
  return { fate: 'found', value: valueOf(question, files, inside) }
}

function valueOf(
  question: Exclude<
    Question,
    { ask: 'which' | 'unit' | 'run' | 'process' | 'port' | 'space' | 'statAll' | 'kernelClock' }
  >,
  files: Files,
  inside: string[],
): unknown {
  if (question.ask === 'read') return { text: files[question.path] ?? '' }
  if (question.ask === 'list') {
    return { names: [...new Set(inside.map((file) => file.slice(question.path.length + 1).split('/')[0]))] }
  }
  if (question.ask === 'stat') {
    return {
      type: inside.length > 0 ? 'directory' : 'file',
      mode: 0o755,
      uid: 0,
      gid: 0,
      size: 1,
      realPath: question.path,
    }
  }
  const mine = inside.filter((file) => file.endsWith(question.suffix))
  return {
    files: mine.filter((path) => !isFate(files[path])).map((path) => ({ path, text: files[path] })),
    unread: mine.filter((path) => isFate(files[path])).map((path) => ({ path, detail: files[path] })),
  }
}

function isFate(value: string | undefined): value is UnansweredFate {
  return unansweredFates.some((fate) => fate === value)
}
