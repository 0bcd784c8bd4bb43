import type { Answers } from '#agent/model/answers.ts'
import type { ReadAllQuestion, ReadQuestion } from '#agent/model/question.ts'

export function read(path: string, limit?: number): ReadQuestion {
  return limit === undefined ? { ask: 'read', path } : { ask: 'read', path, limit }
}

export function readAll(path: string, suffix: string): ReadAllQuestion {
  return { ask: 'readAll', path, suffix }
}

/** Whether something stands at a path, links followed; null when that cannot be told. */
export function isThere(path: string, answers: Answers): boolean | null {
  const { fate } = answers.of({ ask: 'stat', path })
  if (fate === 'found') return true
  return fate === 'absent' ? false : null
}

/** Whether something stands at any of these; null when that cannot be told. All are looked at, so that all are asked at once. */
export function isAnyThere(paths: readonly string[], answers: Answers): boolean | null {
  const all = paths.map((path) => isThere(path, answers))
  if (all.includes(true)) return true
  return all.includes(null) ? null : false
}

/** Whether a unit is masked: a link to /dev/null, or to nothing, is in its place. What cannot be told counts as masked. */
export function isMasked(unit: string, answers: Answers): boolean {
  const answer = answers.of({ ask: 'stat', path: `/etc/systemd/system/${unit}` })
  if (answer.fate === 'found') return answer.value.type !== 'file' || answer.value.size === 0
  return answer.fate !== 'absent'
}

/** Whether any of these programs is on the host's PATH; null when that cannot be told. */
export function hasProgram(names: readonly string[], answers: Answers): boolean | null {
  const all = names.map((name) => answers.of({ ask: 'which', name }).fate)
  if (all.includes('found')) return true
  return all.every((fate) => fate === 'absent') ? false : null
}

/** The names in a folder, none where there is no folder; null when that cannot be told. */
export function namesIn(path: string, answers: Answers): readonly string[] | null {
  const answer = answers.of({ ask: 'list', path })
  if (answer.fate === 'found') return answer.value.names
  return answer.fate === 'absent' ? [] : null
}

/** The text of a file, empty where there is none; null when that cannot be told. */
export function textOf(path: string, answers: Answers): string | null {
  const answer = answers.of(read(path))
  if (answer.fate === 'found') return answer.value.text
  return answer.fate === 'absent' ? '' : null
}

/** All files of these folders and these files that are there; null when one of them cannot be read. */
export function textsOf(
  questions: readonly (ReadAllQuestion | ReadQuestion)[],
  answers: Answers,
): readonly { readonly path: string; readonly text: string }[] | null {
  const all = questions.map((question) => {
    if (question.ask === 'read') {
      const answer = answers.of(question)
      if (answer.fate === 'found') return [{ path: question.path, text: answer.value.text }]
      return answer.fate === 'absent' ? [] : null
    }
    const answer = answers.of(question)
    if (answer.fate === 'absent') return []
    return answer.fate === 'found' && answer.value.unread.length === 0 ? answer.value.files : null
  })
  return all.some((one) => one === null) ? null : all.flatMap((one) => one ?? [])
}
