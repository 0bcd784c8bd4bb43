import type { Answers } from '#agent/model/answers.ts'
import type { Init } from '#agent/model/facts.ts'
import type { SysctlLine } from '#agent/model/fix.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { ListQuestion, Question, ReadAllQuestion, ReadQuestion } from '#agent/model/question.ts'
import { inNameOrder, nameOf, settingsIn } from '#agent/needs/parts/sysctl-d.ts'
import { isSecret, keyPath } from '#agent/needs/parts/sysctl-key.ts'

/** As systemd-sysctl reads them now; at boot /run is empty. */
const folders = ['/etc', '/run', '/usr/local/lib', '/usr/lib'].map((folder): ReadAllQuestion => ({
  ask: 'readAll',
  path: `${folder}/sysctl.d`,
  suffix: '.conf',
}))
/** What is there and cannot be read hides as well. */
const names: readonly ListQuestion[] = folders.map(({ path }) => ({ ask: 'list', path }))
/** systemd reads it only by a link, 99-sysctl.conf; OpenRC and `sysctl --system` read it last. */
const last: ReadQuestion = { ask: 'read', path: '/etc/sysctl.conf' }

export const sysctlFileQuestions: readonly Question[] = [...folders, ...names, last]

/**
 * The lines that would undo a setting of a key at the next boot, were it written to a file of that name: those that are read
 * later, by the key's own name, and say what will not do. None when the last of them does: it is the one that holds.
 */
export function undoing(key: string, { after, isWrong, answers, init }: Undoing): readonly SysctlLine[] {
  const sought = keyPath(key)
  const files = [...filesInOrder(answers), ...(init.type === 'openrc' ? readLast(answers) : [])]
  const later = files.filter(({ name, path }) => name > after || path === last.path)
  const lines = later.flatMap(({ path, file }) =>
    settingsIn(file).flatMap(({ key: at, spelled, value, line }) =>
      at === sought && value !== null ? [{ key, spelled, value: plainLine(value).trim(), path, line }] : [],
    ),
  )
  const holds = lines.at(-1)
  if (holds === undefined || !isWrong(holds.value)) return []
  const wrong = lines.filter(({ value }) => isWrong(value))
  return isSecret(key) ? wrong.map((line) => ({ ...line, value: 'a secret' })) : wrong
}

interface Undoing {
  readonly after: string
  readonly isWrong: (value: string) => boolean
  readonly answers: Answers
  readonly init: Init
}

function readLast(answers: Answers): readonly ReadFile[] {
  const answer = answers.of(last)
  return answer.fate === 'found' ? [{ name: 'sysctl.conf', path: last.path, file: answer.value }] : []
}

interface ReadFile {
  /** By which it is in its place. */
  readonly name: string
  /** Where people change it: /etc/sysctl.conf, not the link to it. */
  readonly path: string
  readonly file: { readonly text: string }
}

function filesInOrder(answers: Answers): readonly ReadFile[] {
  const own = answers.of(last)
  const read = folders.map((folder, index) => {
    const texts = answers.of(folder)
    const listed = names[index] && answers.of(names[index])
    return {
      files: texts.fate === 'found' ? texts.value.files : [],
      names: listed?.fate === 'found' ? listed.value.names : [],
    }
  })
  return inNameOrder(read).map((file) => {
    const name = nameOf(file.path)
    const isLink = name === '99-sysctl.conf' && own.fate === 'found' && own.value.text === file.text
    return { name, path: isLink ? last.path : file.path, file }
  })
}
