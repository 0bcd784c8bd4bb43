import type { AnswerEntry } from '#agent/model/answers.ts'
import type { Host } from '#agent/model/host.ts'
import type { Answer, Question } from '#agent/model/question.ts'

/** What moves a terminal's cursor, breaks or turns a line, or is not seen. */
const odd = [
  '\u001b[31m',
  '\r',
  '\u009b2J',
  '\u202e',
  '\u200b',
  '\u2028',
  '\u0007',
  '\u00ad',
  '\u{e0041}',
  '\0',
  '\ud83d',
]

/** The same host, of which every text holds odd characters here and there, and whose fates may be others. */
export function hostileHost(host: Host, seed: number): Host & { readonly told: () => number } {
  const random = randomNumbers(seed)
  let told = 0
  const spoil = (text: string) =>
    text.replaceAll(/[\w)](?=[\s,;:="]|$)/g, (char) => {
      if (random() > rate) return char
      told++
      return char + (odd[Math.floor(random() * odd.length)] ?? '')
    })
  // Of long texts a few places, of short ones mostly one: else nothing would be understood at all.
  let rate = 0
  const spoilText = (text: string) => {
    rate = Math.min(0.5, 40 / text.length)
    return spoil(text)
  }
  const spoilValue = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return key === 'type' || key === 'fate' ? value : spoilText(value)
    if (Array.isArray(value)) return value.map((one) => spoilValue(one))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, spoilValue(one, name)]))
  }
  const spoilAnswer = (question: Question, answer: Answer<unknown>): Answer<unknown> => {
    const fates = ['absent', 'denied', 'timed-out', 'failed'] as const
    const fate = random() < 0.05 ? fates[Math.floor(random() * fates.length)] : undefined
    if (fate !== undefined)
      return { fate, detail: spoilText(`the symbolic link ${JSON.stringify(question)} `) }
    return spoilValue(answer) as Answer<unknown>
  }
  return {
    ...host,
    told: () => told,
    selfTest: () =>
      Promise.resolve(seed % 20 === 0 ? { fate: 'denied', detail: `nsenter: no\u001b[31m` } : null),
    async ask(questions) {
      const entries = await Promise.all(questions.map((question) => askOne(host, question)))
      return entries.map(([question, answer]) => [question, spoilAnswer(question, answer)] as const)
    },
  }
}

/** What was not recorded is a program that fails, or a fate. */
async function askOne(host: Host, question: Question): Promise<AnswerEntry> {
  try {
    const [entry] = await host.ask([question])
    return entry ?? [question, { fate: 'failed', detail: 'no answer' }]
  } catch {
    if (question.ask !== 'run') return [question, { fate: 'failed', detail: 'not recorded' }]
    const value = {
      exitCode: 1,
      signal: null,
      stdout: 'it is 1.2.3',
      stderr: 'it is broken',
      truncated: false,
    }
    return [question, { fate: 'found', value }]
  }
}

/** Numbers from 0 to 1, the same for each seed. */
function randomNumbers(seed: number): () => number {
  let state = seed + 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
