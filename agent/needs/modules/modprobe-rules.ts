import type { FolderText } from '#agent/model/question.ts'
import { foldName } from '#agent/model/module-name.ts'
import { matchesName } from './module-glob.ts'
import { parseOnce } from '#agent/needs/parts/parse-once.ts'

/** What modprobe.d(5) and the kernel's command line say about loading modules. */
export interface Rule {
  readonly type: 'install' | 'blacklist' | 'alias' | 'refused'
  /** A module's name, for install and alias with wildcards. */
  readonly pattern: string
  /** What install runs, or the module that an alias stands for. */
  readonly rest: string
  /** "/etc/modprobe.d/x.conf, line 3" */
  readonly at: string
}

export interface Block {
  readonly by: string
  readonly note: string
  /** false when a command of its own decides, and nobody can tell what it does. */
  readonly isCertain: boolean
}

/**
 * Every rule in the order in which modprobe heeds them: by the files' names, and of files of one name only the
 * one in the first folder; also when that one could not be read.
 * https://man7.org/linux/man-pages/man5/modprobe.d.5.html
 */
export function readRules(folders: readonly FolderText[]): readonly Rule[] {
  const byName = new Map<string, readonly Rule[]>()
  for (const { files, unread } of folders) {
    for (const file of [...files, ...unread.map(({ path }) => ({ path, text: '' }))]) {
      const name = file.path.slice(file.path.lastIndexOf('/') + 1)
      if (!byName.has(name))
        byName.set(
          name,
          parseRules(file).map((rule) => placeRule(rule, file.path)),
        )
    }
  }
  const names = [...byName.keys()].toSorted()
  return names.flatMap((name) => byName.get(name) ?? [])
}

type ParsedRule = Pick<Rule, 'type' | 'pattern' | 'rest'> & { readonly line: number }

const parseRules = parseOnce((text): readonly ParsedRule[] => {
  const rules: ParsedRule[] = []
  for (const { text: words, line } of logicalLines(text)) {
    const [, type, pattern = '', rest = ''] = /^(\S+)\s+(\S+)(?:\s+(.*))?$/s.exec(words.trim()) ?? []
    if (type === 'install' || type === 'blacklist' || type === 'alias')
      rules.push({ type, pattern, rest, line })
  }
  return rules
})

function placeRule({ line, ...rule }: ParsedRule, path: string): Rule {
  return { ...rule, at: `${path}, line ${line}` }
}

/**
 * `module_blacklist=` makes the kernel refuse the module, by its exact name; `modprobe.blacklist=` is a mere
 * blacklist. What stands after ` -- ` is for the init.
 * https://docs.kernel.org/admin-guide/kernel-parameters.html
 */
export function readCommandLine(text: string): readonly Rule[] {
  const words = (text.split(' -- ')[0] ?? '').split(/\s+/)
  const refused = words.findLast((word) => /^module[-_]blacklist=/.test(word))
  const listed = words.filter((word) => word.startsWith('modprobe.blacklist='))
  return [
    ...namesOf(refused).map((pattern) => cmdlineRule('refused', pattern)),
    ...listed.flatMap(namesOf).map((pattern) => cmdlineRule('blacklist', pattern)),
  ]
}

/** What keeps a module from being loaded on demand; a blacklist does so only for a module reached by an alias. */
export function blockOf(rules: readonly Rule[], name: string, isAlias: boolean): Block | null {
  const refused = rules.find((rule) => rule.type === 'refused' && rule.pattern === name)
  if (refused)
    return certain(
      `module_blacklist names it in ${refused.at}`,
      `Take ${name} out of module_blacklist= on the kernel's command line, then reboot.`,
    )
  const install = rules.find((rule) => rule.type === 'install' && matchesName(rule.pattern, name))
  if (install) return installBlock(install, name)
  const listed = isAlias ? blacklisted(rules, name) : null
  return listed && certain(`it is blacklisted in ${listed.at}`, takeOut(listed, name))
}

export function blacklisted(rules: readonly Rule[], name: string): Rule | null {
  return rules.find((rule) => rule.type === 'blacklist' && foldName(rule.pattern) === name) ?? null
}

/** What modprobe.d makes of a name, each with its line. */
export function aliasRules(rules: readonly Rule[], name: string): readonly Rule[] {
  return rules.filter((rule) => rule.type === 'alias' && matchesName(rule.pattern, name))
}

export function aliasTarget({ rest }: Rule): string {
  return foldName(rest.split(/\s+/)[0] ?? '')
}

/** An alias of a module that is not there, mostly "off", keeps the module of that name from being loaded. */
export function misled(rule: Rule, name: string): Block {
  const target = aliasTarget(rule)
  const by =
    target === 'off'
      ? `its alias is "off" in ${rule.at}`
      : `it is made ${target} in ${rule.at}, and there is no ${target}`
  return certain(by, takeOut(rule, name))
}

/** `/bin/true` and `/bin/false` block; a command that calls modprobe for it goes on to load it; of others nobody knows. */
function installBlock(rule: Rule, name: string): Block | null {
  const commands = commandsOf(rule.rest)
  const [program = ''] = commands[0] ?? []
  if (commands.length === 1 && /^(true|false|:|nologin)$/.test(program))
    return certain(`"install" runs ${program} instead in ${rule.at}`, takeOut(rule, name))
  if (commands.some((words) => loads(words, name))) return null
  return {
    by: `"install" runs a command of its own in ${rule.at}`,
    note: takeOut(rule, name),
    isCertain: false,
  }
}

/** The words of each command of a line of the shell, the program without its folder. What stands in quotes is one word. */
function commandsOf(line: string): readonly (readonly string[])[] {
  const parts = line.replaceAll(/"[^"]*"|'[^']*'/g, '""').split(/[;&|(){}\n]+/)
  const commands = parts.map((part) => part.trim().split(/\s+/)).filter(([first]) => first !== '')
  return commands.map(([program = '', ...words]) => [program.split('/').at(-1) ?? '', ...words])
}

function loads([program, ...words]: readonly string[], name: string): boolean {
  return (program === 'modprobe' || program === 'insmod') && words.some((word) => foldName(word) === name)
}

function certain(by: string, note: string): Block {
  return { by, note, isCertain: true }
}

function takeOut(rule: Rule, name: string): string {
  return `Take out ${rule.at}: it keeps ${name} from being loaded.`
}

function cmdlineRule(type: 'refused' | 'blacklist', pattern: string): Rule {
  return { type, pattern, rest: '', at: '/proc/cmdline' }
}

function namesOf(word: string | undefined): readonly string[] {
  return (word?.slice(word.indexOf('=') + 1) ?? '').split(',').filter(Boolean)
}

/** In one that no other stands before. */
function endsInBackslash(line: string): boolean {
  let count = 0
  while (line.charAt(line.length - 1 - count) === '\\') count++
  return count % 2 === 1
}

interface LogicalLine {
  readonly text: string
  /** Where it begins, from 1. */
  readonly line: number
}

/**
 * Lines with their continuations (a backslash at the end), without comments. modprobe drops any backslash and takes the
 * character after it as it is. https://github.com/kmod-project/kmod/blob/master/shared/util.c (freadline_wrapped)
 */
function logicalLines(text: string): readonly LogicalLine[] {
  const lines: LogicalLine[] = []
  let open: LogicalLine = { text: '', line: 1 }
  for (const [index, raw] of text.split('\n').entries()) {
    const isOpen = endsInBackslash(raw)
    const plain = (isOpen ? raw.slice(0, -1) : raw).replace(/\\(.)/gs, '$1')
    const joined = { text: open.text + plain, line: open.line }
    if (!isOpen && !/^\s*(#|$)/.test(joined.text)) lines.push(joined)
    open = isOpen ? joined : { text: '', line: index + 2 }
  }
  return lines
}
