import { foldName } from '#agent/model/module-name.ts'
import type { FileText } from '#agent/model/question.ts'
import { matchesName } from './module-glob.ts'
import { parseOnce } from '#agent/needs/parts/parse-once.ts'

/**
 * Exact searches in what depmod(8) writes. Hyphen and underscore are one in a module's name, in files, aliases and
 * modprobe.d alike; whole files are not parsed, since few of their thousands of modules are asked for.
 * https://man7.org/linux/man-pages/man5/modprobe.d.5.html
 */
export interface ModuleFile {
  readonly path: string
  /** Folded names of all modules that must be loaded before it. */
  readonly needs: readonly string[]
}

/** The state field of /proc/modules: Live, Loading, Unloading; null when the module is not listed. */
export const loadedState = searchOnce((text, name) => {
  const line = new RegExp(`^${anySpelling(name)} (.*)$`, 'm').exec(text)
  return line?.[1]?.split(' ')[3] ?? null
})

/** Its line in modules.dep; the file may be compressed. */
export const findDependencies = searchOnce((text, name): ModuleFile | null => {
  const line = new RegExp(`(?:^|/)${anySpelling(name)}\\.ko(?:\\.\\w+)?:(.*)$`, 'm').exec(text)
  if (line === null) return null
  const path = text.slice(text.lastIndexOf('\n', line.index) + 1, text.indexOf(':', line.index))
  return { path, needs: (line[1] ?? '').split(' ').filter(Boolean).map(nameOfFile) }
})

/** Its line in modules.builtin. */
export const findBuiltIn = searchOnce((text, name) =>
  new RegExp(`(?:^|/)${anySpelling(name)}\\.ko$`, 'm').test(text),
)

/** The modules of modules.alias that answer to this name; patterns may hold wildcards. */
export const findAliases = searchOnce((text, name) => {
  const lines = text.matchAll(new RegExp(`^alias ([${name.charAt(0)}*?[]\\S*) (\\S+)$`, 'gm'))
  return matchingTargets(name, lines)
})

/** The same in modules.builtin.modinfo, `NAME.alias=PATTERN` between zero bytes: of parts of the kernel, also of such as are
 * no module on any list (debugfs). */
export const findBuiltInAliases = searchOnce((text, name) => {
  const entries = text.matchAll(new RegExp(`(?:^|\\0)(\\w+)\\.alias=([${name.charAt(0)}*?[][^\\0]*)`, 'g'))
  return matchingTargets(
    name,
    Array.from(entries, ([all, target, pattern]) => [all, pattern, target]),
  )
})

/** `NAME.file=`, from which modules.builtin is made; other entries name mere parts of the kernel ("core.parmtype"). */
export const findBuiltInName = searchOnce((text, name) =>
  new RegExp(`(?:^|\\0)${anySpelling(name)}\\.file=`).test(text),
)

function matchingTargets(name: string, lines: Iterable<readonly (string | undefined)[]>): readonly string[] {
  const found = new Set<string>()
  for (const [, pattern = '', target = ''] of lines)
    if (matchesName(pattern, name)) found.add(foldName(target))
  return [...found]
}

function nameOfFile(path: string): string {
  return foldName(path.slice(path.lastIndexOf('/') + 1).replace(/\.ko(\.\w+)?$/, ''))
}

/**
 * For a regular expression. A name may come from a file of the host, as what an alias stands for: one with any other character
 * than letters, digits and underscores is no module's, and matches nothing.
 */
function anySpelling(name: string): string {
  return /^\w{1,255}$/.test(name) ? name.replaceAll('_', '[-_]') : '(?!)'
}

/** One search for each name in each version of a file. */
function searchOnce<T>(search: (text: string, name: string) => T): (file: FileText, name: string) => T {
  const knownIn = parseOnce(() => new Map<string, { readonly result: T }>())
  return (file, name) => {
    const known = knownIn(file)
    const entry = known.get(name) ?? { result: search(file.text, name) }
    known.set(name, entry)
    return entry.result
  }
}
