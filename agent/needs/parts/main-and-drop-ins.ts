import type { Answers } from '#agent/model/answers.ts'
import type { FileText, ReadAllQuestion, ReadQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'

export interface ConfigFile {
  readonly path: string
  readonly text: FileText
}

/** A program's main file, and those of its folder beside it in alphabetical order, as far as they are there; why they are not known. */
export function mainAndDropIns(
  answers: Answers,
  main: ReadQuestion,
  folder: ReadAllQuestion,
): readonly ConfigFile[] | Verdict {
  const [first, others] = [answers.of(main), answers.of(folder)]
  if (first.fate !== 'found' && first.fate !== 'absent') return unanswered(main.path, first)
  if (others.fate !== 'found' && others.fate !== 'absent') return unanswered(folder.path, others)
  const [unread] = others.fate === 'found' ? others.value.unread : []
  if (unread !== undefined) return verdict('QuestionFailed', { what: unread.path, detail: unread.detail })
  const dropIns =
    others.fate === 'found' ? others.value.files.toSorted((a, b) => (a.path < b.path ? -1 : 1)) : []
  return [
    ...(first.fate === 'found' ? [{ path: main.path, text: first.value }] : []),
    ...dropIns.map((file) => ({ path: file.path, text: file })),
  ]
}
