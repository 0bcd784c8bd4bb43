import type { Answers } from '#agent/model/answers.ts'
import type { Init } from '#agent/model/facts.ts'
import type { SysctlLine } from '#agent/model/fix.ts'
import { plainLine } from '#agent/model/plain.ts'
import type {
  FolderText,
  ListQuestion,
  Question,
  ReadAllQuestion,
  ReadQuestion,
} from '#agent/model/question.ts'
import { isSecret, keyPath } from '#agent/needs/parts/sysctl-key.ts'

/** A name in one hides the same name in those after it. https://www.freedesktop.org/software/systemd/man/latest/sysctl.d.html */
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
  const files = [...filesInOrder(answers), ...(init.type === 'openrc' ? readLast(answers) : [])]
  const later = files.filter(({ name, path }) => name > after || path === last.path)
  const lines = later.flatMap((file) => linesIn(file, key))
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
  return answer.fate === 'found' ? [{ name: 'sysctl.conf', path: last.path, text: answer.value.text }] : []
}

interface ReadFile {
  /** By which it is in its place. */
  readonly name: string
  readonly path: string
  readonly text: string
}

function filesInOrder(answers: Answers): readonly ReadFile[] {
  const hidden = new Set<string>()
  const files: ReadFile[] = []
  folders.forEach((folder, index) => {
    const answer = answers.of(folder)
    if (answer.fate === 'found') files.push(...shownFiles(answer.value, hidden))
    const listed = names[index] === undefined ? null : answers.of(names[index])
    if (listed?.fate === 'found') for (const name of listed.value.names) hidden.add(name)
  })
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return withRealName(sorted, answers)
}

function shownFiles({ files }: FolderText, hidden: ReadonlySet<string>): readonly ReadFile[] {
  return files
    .map((file) => ({ ...file, name: file.path.slice(file.path.lastIndexOf('/') + 1) }))
    .filter(({ name }) => !hidden.has(name))
}

/** People change /etc/sysctl.conf, not the link to it. */
function withRealName(files: readonly ReadFile[], answers: Answers): readonly ReadFile[] {
  const answer = answers.of(last)
  if (answer.fate !== 'found') return files
  const { text } = answer.value
  return files.map((file) =>
    file.name === '99-sysctl.conf' && file.text === text ? { ...file, path: last.path } : file,
  )
}

function linesIn({ path, text }: ReadFile, key: string): readonly SysctlLine[] {
  const sought = keyPath(key)
  return text.split('\n').flatMap((line, index) => {
    // Each \s* ends where another character must stand: one after the other they would take time by the square.
    const setting = line.trim().replace(/^-\s*/, '')
    const [, spelled = '', value = ''] = /^([\w./:@-]+)\s*=\s*(.*)$/.exec(setting) ?? []
    if (spelled === '' || keyPath(spelled) !== sought) return []
    return [{ key, spelled, value: plainLine(value).trim(), path, line: index + 1 }]
  })
}
