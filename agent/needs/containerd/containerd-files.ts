import { parse, TomlError } from 'smol-toml'
import type { Answers } from '#agent/model/answers.ts'
import type { FileText, ReadAllQuestion, ReadQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { parseOnce } from '#agent/needs/parts/parse-once.ts'

export type Table = Readonly<Record<string, unknown>>

export interface ContainerdFiles {
  /** The files that were read, in containerd's own order. */
  readonly paths: readonly string[]
  /** Each with the file that says it. */
  readonly disabled: readonly { readonly plugin: string; readonly path: string }[]
  /** By the plugin's name: the whole section of the last file that has one, since containerd merges no sections. */
  readonly plugins: Table
  /** What it may say besides, unseen; null when all was read. */
  readonly doubt: string | null
}

const main: ReadQuestion = { ask: 'read', path: '/etc/containerd/config.toml' }

/** Where imports are kept, by distributions, NVIDIA's toolkit and Kata's installer; others are not followed. */
const folders = [
  '/etc/containerd',
  '/etc/containerd/conf.d',
  '/etc/containerd/config.d',
  '/opt/kata/containerd/config.d',
].map((path): ReadAllQuestion => ({ ask: 'readAll', path, suffix: '.toml' }))

export const containerdQuestions = [main, ...folders]

/**
 * https://github.com/containerd/containerd/blob/main/docs/man/containerd-config.toml.5.md (imports): lists of disabled
 * plugins are joined, sections of plugins replaced.
 */
export function readContainerd(answers: Answers): ContainerdFiles | Verdict {
  const first = answers.of(main)
  if (first.fate === 'absent') return { paths: [], disabled: [], plugins: {}, doubt: null }
  if (first.fate !== 'found') return unanswered(main.path, first)
  const start = read(first.value)
  if (start === null)
    return verdict('QuestionFailed', {
      what: main.path,
      detail: 'it is not TOML, and containerd does not start with it',
    })
  const { files, doubt } = follow(importsOf(start), answers)
  const all = [{ path: main.path, table: start }, ...files]
  return {
    paths: all.map(({ path }) => path),
    disabled: all.flatMap(({ path, table }) =>
      textsIn(table['disabled_plugins']).map((plugin) => ({ plugin, path })),
    ),
    plugins: Object.assign({}, ...all.map(({ table }) => table['plugins'])) as Table,
    doubt,
  }
}

interface Imported {
  readonly path: string
  readonly table: Table
}

/** Imports of imports too; no file twice. */
function follow(
  patterns: readonly string[],
  answers: Answers,
): { files: readonly Imported[]; doubt: string | null } {
  const files: Imported[] = []
  const seen = new Set([main.path])
  let doubt: string | null = null
  const open = [...patterns]
  for (let pattern = open.shift(); pattern !== undefined; pattern = open.shift()) {
    const found = filesFor(pattern, answers)
    if (typeof found === 'string') doubt ??= found
    for (const { path, text } of typeof found === 'string' ? [] : found) {
      if (seen.has(path)) continue
      seen.add(path)
      const table = read(text)
      if (table === null) doubt ??= `${path} is not TOML`
      else files.push({ path, table })
      if (table !== null) open.push(...importsOf(table))
    }
  }
  return { files, doubt }
}

/** The files that an import stands for, or why they are not known. A path without a folder is beside the main file. */
function filesFor(pattern: string, answers: Answers): string | readonly { path: string; text: FileText }[] {
  const whole = pattern.startsWith('/') ? pattern : `/etc/containerd/${pattern}`
  const folder = whole.slice(0, whole.lastIndexOf('/'))
  const name = globOf(whole.slice(folder.length + 1))
  const question = folders.find(({ path }) => path === folder)
  if (question === undefined || name === null) return `${pattern} is imported, and is not followed`
  const answer = answers.of(question)
  if (answer.fate === 'absent') return []
  if (answer.fate !== 'found') return `${folder}: ${answer.detail}`
  const unread = answer.value.unread.find(({ path }) => name.test(path.slice(folder.length + 1)))
  if (unread !== undefined) return `${unread.path}: ${unread.detail}`
  return answer.value.files
    .filter(({ path }) => name.test(path.slice(folder.length + 1)))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map((file) => ({ path: file.path, text: file }))
}

/** Of Go's filepath.Glob only stars, which is all that anyone writes there; null for others. Each part is looked for once. */
function globOf(name: string): { test(file: string): boolean } | null {
  if (!/^[\w.*-]+$/.test(name) || !name.endsWith('.toml')) return null
  const [first = '', ...parts] = name.split(/\*+/)
  const last = parts.pop()
  if (last === undefined) return { test: (file) => file === name }
  return {
    test(file) {
      if (!file.startsWith(first) || !file.endsWith(last)) return false
      let at = first.length
      for (const part of parts) {
        const found = file.indexOf(part, at)
        if (found === -1) return false
        at = found + part.length
      }
      return at <= file.length - last.length
    },
  }
}

function importsOf(table: Table): readonly string[] {
  return textsIn(table['imports'])
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

/** null when it is not TOML. */
const read: (file: FileText) => Table | null = parseOnce((text) => {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof TomlError) return null
    throw error
  }
})
