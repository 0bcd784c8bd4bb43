import type { Answers } from '#agent/model/answers.ts'
import type { Answer, StatQuestion } from '#agent/model/question.ts'
import { placesAbove } from './mount-table.ts'

/** What tells where a path really is: it and each folder above it, nearest first, since it may not be there yet. */
export function placeQuestions(path: string): readonly StatQuestion[] {
  return placesAbove(path)
    .toReversed()
    .map((place) => ({ ask: 'stat', path: place }))
}

/**
 * A path without symbolic links, inside the host's root. Of one that is not there yet the nearest folder above it that is:
 * in its file system it will be made. A link that leads nowhere tells no place.
 */
export function realPlace(answers: Answers, path: string): Exclude<Answer<string>, { fate: 'absent' }> {
  for (const question of placeQuestions(path)) {
    const answer = answers.of(question)
    if (answer.fate === 'found') return { fate: 'found', value: answer.value.realPath }
    if (answer.fate !== 'absent') return answer
    if (answer.detail.startsWith('the symbolic link ')) return { fate: 'failed', detail: answer.detail }
  }
  return { fate: 'found', value: '/' }
}
