import type { Answer, RunResult } from '#agent/model/question.ts'

/** Caches the good answers of programs that read only certain folders, while nothing in those folders changes. */
export interface RunCache {
  /** @param sign signature of the folders as they are now; null when unknown: then the program is run again */
  keep(key: string, sign: string | null, ask: () => Promise<Answer<RunResult>>): Promise<Answer<RunResult>>
}

export function createRunCache(): RunCache {
  const kept = new Map<string, { readonly sign: string; readonly answer: Answer<RunResult> }>()
  return {
    async keep(key, sign, ask) {
      const known = kept.get(key)
      if (sign !== null && known?.sign === sign) return known.answer
      const answer = await ask()
      if (sign !== null && answer.fate === 'found' && isGood(answer.value)) kept.set(key, { sign, answer })
      else kept.delete(key)
      return answer
    },
  }
}

/** rpm exits with 0 even when it reports that it could not read something. */
function isGood({ exitCode, stderr, truncated }: RunResult): boolean {
  return exitCode === 0 && stderr === '' && !truncated
}
