import type {
  Answer,
  FileStat,
  FileText,
  FolderStats,
  FolderText,
  ListQuestion,
  Program,
  Question,
  ReadAllQuestion,
  ReadQuestion,
  SpaceQuestion,
  StatAllQuestion,
  StatQuestion,
  WhichQuestion,
} from '#agent/model/question.ts'
import type { FileCache } from './file-cache.ts'
import { shownBy } from './kernel-files.ts'
import { listNames, readFolder, readText, spaceOf, statOf } from './read-file.ts'
import { lookAtRoot, resolvePath } from './resolve-path.ts'
import type { OnSuspect, Resolved, Way } from './resolve-path.ts'

export type FileQuestion =
  | ReadQuestion
  | ReadAllQuestion
  | ListQuestion
  | StatQuestion
  | StatAllQuestion
  | SpaceQuestion
  | WhichQuestion

/** One root whose files are examined: the host's, or that of one of its processes. */
export interface FileView extends Way {
  readonly hostPath: readonly string[]
  readonly cache: FileCache
}

/** Thrown when a child must ask the question, and caught by whoever calls {@link askFiles}. */
export class SuspectFound extends Error {
  readonly mount: string

  constructor({ mount }: OnSuspect) {
    super(`${mount} may hang`)
    this.mount = mount
  }
}

export function isFileQuestion(question: Question): question is FileQuestion {
  return !notOfFiles.includes(question.ask)
}

const notOfFiles: readonly Question['ask'][] = ['run', 'unit', 'process', 'port', 'kernelClock']

/** Answers a question about files synchronously. Throws {@link SuspectFound} before it touches a mount that may hang. */
export function askFiles(view: FileView, question: FileQuestion): Answer<unknown> {
  switch (question.ask) {
    case 'read':
      return readOne(view, question)
    case 'readAll':
      return readAll(view, question)
    case 'list':
      return withResolved(view, question.path, (resolved) => listNames(view.root, resolved, question.most))
    case 'stat':
      return statOne(view, question.path)
    case 'statAll':
      return statAll(view, question)
    case 'space':
      return withResolved(view, question.path, (resolved) => spaceOf(view.root, resolved))
    default:
      return ofRoot(view, findProgram(view, question.name))
  }
}

/** Finds a program as execvp(3) does: the first that is executable; a name with a slash is a path. */
export function findProgram(view: FileView, name: string): Answer<Program> {
  const places = name.includes('/') ? [name] : view.hostPath.map((folder) => `${folder}/${name}`)
  const seen: { path: string; answer: Answer<boolean> }[] = []
  for (const path of places) {
    const answer = lookAt(view, path)
    if (answer.fate === 'found' && answer.value) return program(path, true)
    seen.push({ path, answer })
  }
  const plain = seen.find(({ answer }) => answer.fate === 'found')
  if (plain) return program(plain.path, false)
  const refused = seen.find(({ answer }) => answer.fate === 'denied' || answer.fate === 'failed')
  if (refused && refused.answer.fate !== 'found') return refused.answer
  return { fate: 'absent', detail: absentDetail(seen, places) }
}

/** Whether root may execute a regular file: any x bit will do. A folder of that name is no program. */
function lookAt(view: FileView, path: string): Answer<boolean> {
  return resolveFor(view, path, ({ stat }) =>
    stat.isFile()
      ? { fate: 'found', value: (stat.mode & 0o111) !== 0 }
      : { fate: 'absent', detail: 'it is not a regular file' },
  )
}

function program(path: string, executable: boolean): Answer<Program> {
  return { fate: 'found', value: { path, executable } }
}

/** A dangling symbolic link is worth naming: the package is there, but the link's target is not. */
function absentDetail(seen: readonly { answer: Answer<boolean> }[], places: readonly string[]): string {
  const dangling = seen.flatMap(({ answer }) =>
    answer.fate === 'absent' && answer.detail.startsWith('the symbolic link') ? [answer.detail] : [],
  )
  return dangling[0] ?? `looked for ${places.join(', ')}`
}

function readOne(view: FileView, { path, limit, beneath }: Omit<ReadQuestion, 'ask'>): Answer<FileText> {
  return withResolved(view, path, (resolved) => {
    if (beneath && !isBeneath(view, beneath, { path, real: resolved.real }))
      return { fate: 'denied', detail: `${path} leads to ${resolved.real}, which may not be read` }
    const isNull = resolved.real === '/dev/null' && resolved.stat.isCharacterDevice()
    if (isNull) return { fate: 'found', value: emptyText }
    if (shownBy(path) === null && shownBy(resolved.real) !== null)
      return { fate: 'failed', detail: `${path} leads to ${resolved.real}, which is the kernel's` }
    return view.cache.keep(`${view.root}${resolved.real}`, resolved, () =>
      readText(view.root, resolved, limit),
    )
  })
}

/** Compares real names on both sides: a folder may be moved to another disk, but never into a kernel file system. */
function isBeneath(view: FileView, places: readonly string[], file: { path: string; real: string }): boolean {
  const { path, real } = file
  if (shownBy(real) !== shownBy(path)) return false
  const tops = places.map((place) =>
    withResolved(view, place, (found) => ({ fate: 'found', value: found.real })),
  )
  return tops.some((top) => top.fate === 'found' && (real === top.value || real.startsWith(`${top.value}/`)))
}

/** A configuration file that links to /dev/null is masked: it counts as empty. */
const emptyText: FileText = { text: '' }

function readAll(view: FileView, { path, suffix }: ReadAllQuestion): Answer<FolderText> {
  return withResolved(view, path, (resolved) => {
    const listed = listNames(view.root, resolved)
    if (listed.fate !== 'found') return listed
    const names = listed.value.names.filter((name) => name.endsWith(suffix))
    return { fate: 'found', value: readFolder(names, path, (file) => readOne(view, { path: file })) }
  })
}

function statAll(view: FileView, { path, prefix }: StatAllQuestion): Answer<FolderStats> {
  return withResolved(view, path, (resolved) => {
    const listed = listNames(view.root, resolved)
    if (listed.fate !== 'found') return listed
    const names = listed.value.names.filter((name) => name.startsWith(prefix))
    const stats = names.map((name) => ({ name, answer: statOne(view, `${path}/${name}`) }))
    const entries = stats.flatMap(({ name, answer }) =>
      answer.fate === 'found' ? [{ name, type: answer.value.type }] : [],
    )
    const unread = stats.flatMap(({ name, answer }) =>
      answer.fate === 'found' || answer.fate === 'absent'
        ? []
        : [{ path: `${path}/${name}`, detail: answer.detail }],
    )
    return { fate: 'found', value: { entries, unread } }
  })
}

function statOne(view: FileView, path: string): Answer<FileStat> {
  return withResolved(view, path, (resolved) => ({ fate: 'found', value: statOf(resolved) }))
}

function withResolved<V>(view: FileView, path: string, use: (resolved: Resolved) => Answer<V>): Answer<V> {
  return ofRoot(view, resolveFor(view, path, use))
}

function resolveFor<V>(view: FileView, path: string, use: (resolved: Resolved) => Answer<V>): Answer<V> {
  const answer = resolvePath(view, path)
  if (answer.fate === 'suspect') throw new SuspectFound(answer)
  return answer.fate === 'found' ? use(answer.value) : answer
}

/** Everything vanishes with the process through which we see the root: then absence proves nothing. */
function ofRoot<V>(view: FileView, answer: Answer<V>): Answer<V> {
  if (answer.fate !== 'absent') return answer
  const root = lookAtRoot(view.root)
  return 'fate' in root ? root : answer
}
