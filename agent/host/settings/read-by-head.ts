import type { Answer, FileText, ReadQuestion, RunResult } from '#agent/model/question.ts'
import { answersByPlace } from './coreutils-answers.ts'

/** Bytes of each file; a setting has a few. */
const mostRead = 65_536

/**
 * head(1) of coreutils prints many files, each after a heading, for a twentieth of the cost of a Node.js process. It is in
 * the agent's image.
 */
export function headArgv(root: string, questions: readonly ReadQuestion[]): readonly [string, ...string[]] {
  return ['head', '-v', '-c', String(mostRead), '--', ...questions.map(({ path }) => root + path)]
}

/** See {@link answersByPlace}. */
export function readHead(
  root: string,
  questions: readonly ReadQuestion[],
  ran: Answer<RunResult>,
): readonly Answer<FileText>[] | null {
  return answersByPlace({ root, questions }, ran, textsOf)
}

/** Each file follows a line `==> path <==`; an empty line separates two files. */
function textsOf(stdout: string): ReadonlyMap<string, FileText> {
  const [, ...parts] = stdout.split(/^==> (.+) <==\n/m)
  const texts = new Map<string, FileText>()
  for (let index = 0; index < parts.length; index += 2) {
    const text = parts[index + 1] ?? ''
    const isLast = index + 2 >= parts.length
    texts.set(parts[index] ?? '', { text: isLast ? text : text.replace(/\n$/, '') })
  }
  return texts
}
