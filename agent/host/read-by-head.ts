import type { Answer, FileText, ReadQuestion, RunResult } from '../model/question.ts'
import { refusalOf } from './read-by-stat.ts'

/** Bytes of each file; a setting has a few. */
const mostRead = 65_536

/**
 * head(1) of coreutils prints many files with a line before each, for a twentieth of what a Node.js costs that only reads
 * them. It is in the agent's image.
 */
export function headArgv(root: string, questions: readonly ReadQuestion[]): readonly [string, ...string[]] {
  return ['head', '-v', '-c', String(mostRead), '--', ...questions.map(({ path }) => root + path)]
}

/** An answer a question; null when head did not tell of each, or is another one than that of coreutils. */
export function readHead(
  root: string,
  questions: readonly ReadQuestion[],
  ran: Answer<RunResult>,
): readonly Answer<FileText>[] | null {
  if (ran.fate !== 'found' || ran.value.truncated) return null
  const texts = textsOf(ran.value.stdout)
  const answers = questions.map(({ path }): Answer<FileText> | null => {
    const text = texts.get(root + path)
    const refusal = refusalOf(root + path, path, ran.value.stderr)
    return refusal ?? (text === undefined ? null : { fate: 'found', value: { text } })
  })
  return answers.every((answer) => answer !== null) ? answers : null
}

/** `==> path <==` before each, and an empty line between two. */
function textsOf(stdout: string): ReadonlyMap<string, string> {
  const [, ...parts] = stdout.split(/^==> (.+) <==\n/m)
  const texts = new Map<string, string>()
  for (let index = 0; index < parts.length; index += 2) {
    const text = parts[index + 1] ?? ''
    const isLast = index + 2 >= parts.length
    texts.set(parts[index] ?? '', isLast ? text : text.replace(/\n$/, ''))
  }
  return texts
}
