import type { Answer, RunResult } from '#agent/model/question.ts'

interface Asked {
  readonly root: string
  readonly questions: readonly { readonly path: string }[]
}

/**
 * An answer a question, of a program of coreutils that tells of many places at once; null when it did not tell of each, or is
 * another one than that of coreutils. `valuesOf` finds in its output what it told, by place below the root.
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
    // First what it refused: head(1) prints the line of a place before it cannot read it.
    const refusal = refusalOf(root + path, path, ran.value.stderr)
    return refusal ?? (value === undefined ? null : { fate: 'found', value })
  })
  return answers.every((answer) => answer !== null) ? answers : null
}

/** As coreutils word it: what failed, in quotes, and after the last colon why. */
function refusalOf(place: string, path: string, stderr: string): Answer<never> | null {
  const line = stderr.split('\n').find((one) => one.includes(`'${place}'`))
  if (line === undefined) return null
  const detail = `${path}: ${line.slice(line.lastIndexOf(': ') + 2)}`
  if (/No such file or directory|Not a directory/.test(line)) return { fate: 'absent', detail }
  return { fate: /Permission denied|not permitted/.test(line) ? 'denied' : 'failed', detail }
}
