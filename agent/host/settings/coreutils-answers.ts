import type { Answer, RunResult } from '#agent/model/question.ts'

interface Asked {
  readonly root: string
  readonly questions: readonly { readonly path: string }[]
}

/**
 * Reads one answer for each question from a coreutils program that covers many paths at once; null when its output does not
 * cover each of them, or the program is not that of coreutils. `valuesOf` parses its output: a value by path, root included.
 */
export function answersByPlace<T>(
  { root, questions }: Asked,
  ran: Answer<RunResult>,
  valuesOf: (stdout: string) => ReadonlyMap<string, T>,
): readonly Answer<T>[] | null {
  if (ran.fate !== 'found' || ran.value.truncated) return null
  const values = valuesOf(ran.value.stdout)
  const answers = questions.map(({ path }): Answer<T> | null => {
    const value = values.get(root + path)
    // Errors come first: head(1) prints a file's heading before it fails to read the file.
    const refusal = refusalOf(root + path, path, ran.value.stderr)
    return refusal ?? (value === undefined ? null : { fate: 'found', value })
  })
  return answers.every((answer) => answer !== null) ? answers : null
}

/** Parses a coreutils error: the path is in quotes, the reason follows the last colon. */
function refusalOf(place: string, path: string, stderr: string): Answer<never> | null {
  const line = stderr.split('\n').find((one) => one.includes(`'${place}'`))
  if (line === undefined) return null
  const detail = `${path}: ${line.slice(line.lastIndexOf(': ') + 2)}`
  if (/No such file or directory|Not a directory/.test(line)) return { fate: 'absent', detail }
  return { fate: /Permission denied|not permitted/.test(line) ? 'denied' : 'failed', detail }
}
