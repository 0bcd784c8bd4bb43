import type { Answers } from '#agent/model/answers.ts'
import type { Answer, FolderNames, FolderText } from '#agent/model/question.ts'
import { inNameOrder, settingsIn } from '#agent/needs/parts/sysctl-d.ts'
import type { SysctlSetting } from '#agent/needs/parts/sysctl-d.ts'
import { keyPath } from '#agent/needs/parts/sysctl-key.ts'
import { matchesName } from '#agent/needs/modules/module-glob.ts'
import { read, readAll } from './look.ts'

/** What sets a key at boot, with where; `nothing` when no file does. */
export type Setting =
  | { readonly value: string; readonly path: string; readonly line: number }
  | 'nothing'
  | 'unknown'

/** systemd-sysctl's own, without /run, which a reboot empties. */
const folders = ['/etc', '/usr/local/lib', '/usr/lib', '/lib'].map((folder) => ({
  files: readAll(`${folder}/sysctl.d`, '.conf'),
  names: { ask: 'list', path: `${folder}/sysctl.d` } as const,
}))
const ownFile = read('/etc/sysctl.conf')

type Line = SysctlSetting & { readonly path: string }

/**
 * What systemd-sysctl sets a key to at boot: files by name over all folders, one of a name in an earlier folder hiding those
 * in later ones; of lines for one key the last, and any of them before a pattern.
 * https://www.freedesktop.org/software/systemd/man/latest/sysctl.d.html
 * https://github.com/systemd/systemd/blob/main/src/sysctl/sysctl.c
 */
export function settingAtBoot(key: string, answers: Answers): Setting {
  const wanted = keyPath(key)
  const lines = linesAtBoot(answers)
  if (wanted === null || lines === null) return 'unknown'
  const own = lines.findLast((line) => line.key === wanted)
  const set = own ?? lines.findLast((line) => line.value !== null && fits(line.key, wanted))
  if (set === undefined || set.value === null) return 'nothing'
  return { value: set.value, path: set.path, line: set.line }
}

/** What OpenRC reads last, whatever is before it; its line for a key holds. */
export function settingOfOwnFile(key: string, answers: Answers): Setting {
  const wanted = keyPath(key)
  const answer = answers.of(ownFile)
  if (wanted === null || (answer.fate !== 'found' && answer.fate !== 'absent')) return 'unknown'
  const settings = answer.fate === 'found' ? settingsIn(answer.value) : []
  const set = settings.findLast((one) => one.key === wanted)
  return set === undefined || set.value === null
    ? 'nothing'
    : { value: set.value, path: ownFile.path, line: set.line }
}

/** Whether any file that may be read at boot speaks of a key, in whatever order and by whatever program. */
export function isSetSomewhere(key: string, answers: Answers): boolean | null {
  const wanted = keyPath(key)
  const lines = linesAtBoot(answers)
  const own = settingOfOwnFile(key, answers)
  if (wanted === null || lines === null || own === 'unknown') return null
  return own !== 'nothing' || lines.some((line) => line.key === wanted || fits(line.key, wanted))
}

/** Of the folders as they are in this round; many settings are looked up in them. */
let last: { readonly values: readonly unknown[]; readonly lines: readonly Line[] | null } | null = null

function linesAtBoot(answers: Answers): readonly Line[] | null {
  const all = folders.map(({ files, names }) => ({ texts: answers.of(files), listed: answers.of(names) }))
  const values = all.flatMap(({ texts, listed }) => [texts, listed])
  if (last === null || values.some((value, index) => value !== last?.values[index]))
    last = { values, lines: parseFolders(all) }
  return last.lines
}

type Folder = { readonly texts: Answer<FolderText>; readonly listed: Answer<FolderNames> }

function parseFolders(all: readonly Folder[]): readonly Line[] | null {
  const read: { files: FolderText['files']; names: readonly string[] }[] = []
  for (const { texts, listed } of all) {
    if (texts.fate === 'absent') continue
    if (texts.fate !== 'found' || texts.value.unread.length > 0 || listed.fate !== 'found') return null
    read.push({ files: texts.value.files, names: listed.value.names })
  }
  return inNameOrder(read).flatMap((file) => settingsIn(file).map((one) => ({ ...one, path: file.path })))
}

/** Of a pattern, part by part as glob(3) does it; the key itself is no pattern. */
function fits(pattern: string, key: string): boolean {
  if (!/[*?[{]/.test(pattern)) return false
  const [parts, names] = [pattern.split('/'), key.split('/')]
  return (
    parts.length === names.length &&
    parts.every((part, index) => part.includes('{') || matchesName(part, fold(names[index] ?? '')))
  )
}

function fold(name: string): string {
  return name.replaceAll('-', '_')
}
