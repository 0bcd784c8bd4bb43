import { closeOver, checksToAsk } from '#agent/catalog/catalog.ts'
import type { Catalog } from '#agent/catalog/catalog.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import type { AnswerEntry } from '#agent/model/answers.ts'
import { factQuestions } from '#agent/model/facts.ts'
import { questionKey } from '#agent/model/question-key.ts'
import type { Answer, Question } from '#agent/model/question.ts'
import type { Finding } from '#agent/model/report.ts'
import { claimRound, judgeAll, questionsOf } from '../claims/claim-judged.ts'
import { factsOf, fuzzedCatalog, fuzzedHosts } from '../draw/fuzzed-hosts.ts'
import { roundOf } from '../round-of.ts'
import type { FuzzedHost } from '../draw/fuzzed-hosts.ts'
import { claim } from '../claims/harmless.ts'
import { mutateAnswer, oddAnswer, unproven } from '../draw/odd-answers.ts'
import { pump } from '../draw/odd-texts.ts'
import { randomOf } from '../draw/random.ts'
import type { Random } from '../draw/random.ts'
import type { Opened, Target } from '../target.ts'

/** What a host answers to some checks. */
export interface HostAnswers {
  /** Of the hosts that there are, the one by whose answers it goes. */
  readonly host: string
  readonly checks: readonly string[]
  /** What differs from it. */
  readonly changes: readonly (readonly [Question, Answer<unknown>])[]
  /** Files and folders of rules, by path: what stands there, whatever limits they are read with. */
  readonly texts: Readonly<Record<string, string>>
  /** Where it does not say: `absent`, what proves nothing, or anything; by this seed. */
  readonly others: 'absent' | 'unproven' | 'odd'
  readonly seed: number
}

/** Answers of hosts, as they were and changed, through all kinds of needs and into every form of a report. */
export const answersTarget: Target = {
  name: 'answers',
  share: 900,
  wanted: { missing: 0.1, ready: 0.05, unknown: 0.05 },
  async open() {
    const catalog = fuzzedCatalog()
    return open(catalog, await fuzzedHosts(catalog, 3))
  },
}

function open(catalog: Catalog, hosts: readonly FuzzedHost[]): Opened {
  const names = [...catalog.keys()]
  const draw = (random: Random): HostAnswers => {
    const host = random.some(hosts)
    const checks = random.chance(0.02)
      ? names
      : Array.from({ length: 1 + random.few(2) }, () => random.some(names) ?? '')
    const isBlind = random.chance(0.1)
    return {
      host: isBlind ? '' : (host?.name ?? ''),
      checks: random.chance(0.1) ? [...checks, 'one-of-each'] : checks,
      changes: isBlind || host === undefined ? [] : changes(random, { host, catalog, checks }),
      texts: {},
      others: isBlind ? 'unproven' : random.pick(['absent', 'odd', 'odd']),
      seed: random.below(2 ** 31),
    }
  }
  return {
    draw,
    run: (input: HostAnswers) => run(input, catalog, hosts),
    growing: { shapes: shapes(), draw: (random) => growing(random, { hosts, catalog }) },
  }
}

/** Some of the questions that the checks ask of the host get another answer; also those that its facts are from. */
function changes(
  random: Random,
  { host, catalog, checks }: { host: FuzzedHost; catalog: Catalog; checks: readonly string[] },
) {
  const known = new Map(host.answers.map(([question, answer]) => [questionKey(question), answer]))
  const asked = questionsOf(closeOver(catalog, checks), host.facts)
  const likelihood = random.pick([0.05, 0.3, 1])
  const questions = [
    ...asked.filter(() => random.chance(likelihood)),
    ...(random.chance(0.2) ? factQuestions.filter(() => random.chance(0.3)) : []),
  ]
  return questions.slice(0, 60).map((question) => {
    const answer = known.get(questionKey(question)) ?? { fate: 'absent', detail: 'it is not there' }
    return [question, mutateAnswer(random, question, answer)] as const
  })
}

/** One text that a host says grows. */
function growing(random: Random, { hosts, catalog }: { hosts: readonly FuzzedHost[]; catalog: Catalog }) {
  const host = random.some(hosts)
  const texts = (host?.answers ?? []).filter(([, answer]) => textOf(answer) !== null)
  const [question, answer] = random.some(texts) ?? [factQuestions[0] as Question, null]
  const grow = pump(random, (answer === null ? null : textOf(answer))?.slice(0, 2_000) ?? '')
  const checks = askers(catalog, host, question)
  return (bytes: number): HostAnswers => ({
    host: host?.name ?? '',
    checks,
    changes: [[question, withText(answer, grow(bytes))]],
    texts: {},
    others: 'absent',
    seed: 1,
  })
}

function textOf(answer: Answer<unknown>): string | null {
  if (answer.fate !== 'found') return null
  const { text, stdout, files } = answer.value as {
    text?: string
    stdout?: string
    files?: { text: string }[]
  }
  return text ?? stdout ?? files?.[0]?.text ?? null
}

function withText(answer: Answer<unknown> | null, text: string): Answer<unknown> {
  if (answer?.fate !== 'found') return { fate: 'found', value: { text } }
  const value = answer.value as { text?: string; stdout?: string; files?: readonly { path: string }[] }
  if (value.text !== undefined) return { fate: 'found', value: { text } }
  if (value.stdout !== undefined) return { fate: 'found', value: { ...value, stdout: text } }
  const [first = { path: '/etc/modprobe.d/x.conf' }, ...rest] = value.files ?? []
  return { fate: 'found', value: { ...value, files: [{ ...first, text }, ...rest] } }
}

/** A few checks that ask it. */
function askers(catalog: Catalog, host: FuzzedHost | undefined, question: Question): readonly string[] {
  if (host === undefined) return []
  const key = questionKey(question)
  const asking = [...catalog.values()].filter((check) =>
    questionsOf([check], host.facts).some((one) => questionKey(one) === key),
  )
  return [...asking.slice(0, 3).map(({ name }) => name), 'one-of-each'].slice(0, 3)
}

/** What debian-12 answers, but for one text. */
export function saying(checks: readonly string[], path: string, text: string): HostAnswers {
  return { host: 'debian-12', checks, changes: [], texts: { [path]: text }, others: 'absent', seed: 1 }
}

function shapes(): Record<string, (bytes: number) => HostAnswers> {
  const growing = (path: string, text: (bytes: number) => string) => (bytes: number) =>
    saying(['nfs-client', 'one-of-each'], path, text(bytes))
  const rules = (text: (bytes: number) => string) => growing('/etc/modprobe.d', text)
  return {
    'modprobe.d of many stars': rules((bytes) => `alias ${'*'.repeat(bytes)}z x\n`),
    'modprobe.d of stars and letters': rules((bytes) => `alias ${'*[m-o]*?f'.repeat(bytes / 9)}z x\n`),
    'modprobe.d of many rules': rules((bytes) => 'alias n*[a-z]?s x\n'.repeat(bytes / 17)),
    'modprobe.d of one long line': rules((bytes) => `install nfs ${'/bin/x; '.repeat(bytes / 8)}\n`),
    'modprobe.d of spaces': rules((bytes) => `install nfs ${' '.repeat(bytes)}x\n`),
    'modprobe.d of continued lines': rules((bytes) => 'a\\\n'.repeat(bytes / 3)),
    'os-release of spaces': growing('/etc/os-release', (bytes) => `ID=${' '.repeat(bytes)}x\n`),
    'a mount table': growing('/proc/1/mountinfo', (bytes) =>
      '36 35 98:0 / /sys/fs/bpf rw - bpf bpf rw\n'.repeat(bytes / 41),
    ),
    'packages of dpkg': growing('/var/lib/dpkg/status', (bytes) =>
      Array.from(
        { length: bytes / 60 },
        (_, index) => `Package: p${index}\nStatus: install ok installed\nVersion: 1\n\n`,
      ).join(''),
    ),
  }
}

async function run(input: HostAnswers, catalog: Catalog, hosts: readonly FuzzedHost[]): Promise<string> {
  const host = hosts.find(({ name }) => name === input.host)
  const [answers, facts] = answersOf(input, host)
  const checks = checksToAsk(catalog, input.checks)
  const asked = [...factQuestions, ...questionsOf(checks, facts)].map((question): AnswerEntry => [
    question,
    answers(question),
  ])
  const paths = asked.map(([question]) => ('path' in question ? question.path : ''))
  for (const path of Object.keys(input.texts)) claim(paths.includes(path), () => `nothing asks for ${path}`)
  const results = judgeAll(checks, facts, collectAnswers(asked))
  const said = results.find(({ name }) => name === input.checks[0])
  if (input.others === 'unproven' && host === undefined)
    claimNothingMissing(results.flatMap(({ findings }) => findings))
  await claimRound(roundOf(facts, results))
  return said?.state ?? 'nothing'
}

function answersOf({ changes, texts, others, seed }: HostAnswers, host: FuzzedHost | undefined) {
  const known = new Map(
    [...(host?.answers ?? []), ...changes].map(([question, answer]) => [questionKey(question), answer]),
  )
  const answerTo = (question: Question): Answer<unknown> => {
    const key = questionKey(question)
    const written = 'path' in question ? texts[question.path] : undefined
    const random = randomOf(seed ^ hashOf(key))
    const answer = standing(question, written) ?? known.get(key) ?? otherwise(random, question, others)
    known.set(key, answer)
    return answer
  }
  return [answerTo, factsOf(factQuestions.map((one): AnswerEntry => [one, answerTo(one)]))] as const
}

function standing(question: Question, text: string | undefined): Answer<unknown> | null {
  if (text === undefined) return null
  if (question.ask === 'read') return { fate: 'found', value: { text } }
  if (question.ask !== 'readAll') return null
  const files = [{ path: `${question.path}/x${question.suffix}`, text }]
  return { fate: 'found', value: { files, unread: [] } }
}

function otherwise(random: Random, question: Question, others: HostAnswers['others']): Answer<unknown> {
  if (others === 'unproven') return unproven(random)
  if (others === 'odd' && random.chance(0.5)) return oddAnswer(random, question)
  return { fate: 'absent', detail: 'it is not there' }
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}

function claimNothingMissing(findings: readonly Finding[]): void {
  for (const { state, need, reason, findings: inner = [] } of findings) {
    claim(state !== 'missing', () => `${need} is missing (${reason}), and nothing proves it`)
    claimNothingMissing(inner)
  }
}
