import type { Answers } from '#agent/model/answers.ts'
import { memoizeLast } from '#agent/model/memoize-last.ts'
import type { Facts } from '#agent/model/facts.ts'
import type {
  Answer,
  FileText,
  FolderText,
  ListQuestion,
  Question,
  ReadAllQuestion,
  ReadQuestion,
  StatQuestion,
} from '#agent/model/question.ts'
import { firstFound } from '#agent/needs/parts/first-found.ts'
import type { Source, UnreadSource } from '#agent/needs/parts/first-found.ts'
import { kernelConfigQuestions, readKernelConfig } from '#agent/needs/parts/kernel-config-file.ts'
import type { KernelConfig } from '#agent/needs/parts/kernel-config-file.ts'
import { readCommandLine, readRules } from './modprobe-rules.ts'
import type { Rule } from './modprobe-rules.ts'
import { wholeEntries, wholeLines } from '#agent/needs/parts/whole-part.ts'
import type { WholePart } from '#agent/needs/parts/whole-part.ts'

/** All that tells of a kernel module, as far as it could be read. Nothing is run, nothing is loaded. */
export interface ModuleSources {
  readonly loaded: Source
  readonly dependencies: Source
  readonly builtIn: Source
  readonly builtInAliases: Source
  readonly aliases: Source
  /** The first of these lists that was cut off: what is in no list may yet be there. */
  readonly cut: UnreadSource | null
  readonly config: KernelConfig
  readonly rules: readonly Rule[]
  /** Where a rule against loading may stand unseen; null when all was read. */
  readonly unreadRules: UnreadSource | null
  /** kernel.modules_disabled is 1: nothing more is loaded until the next boot. */
  readonly isClosed: boolean
  /** Why the kernel loads no module without a signature that it trusts; null when it does, as far as is known. */
  wantsSignatures(): string | null
  /** /sys/module/NAME: there for every loaded module and for some that are built in. */
  readonly hasFolder: boolean | UnreadSource
  readonly installed: InstalledKernels
}

/** The kernels that have a folder of modules. */
export type InstalledKernels = { readonly names: readonly string[] } | UnreadSource

/** Debian's modules.alias is 1.4 MiB, modules.dep 0.6 MiB. */
const limit = 8 * 1024 * 1024

const loaded = read('/proc/modules')
const commandLine = read('/proc/cmdline')
/** https://docs.kernel.org/admin-guide/sysctl/kernel.html#modules-disabled */
const closed = read('/proc/sys/kernel/modules_disabled')

/** https://man7.org/linux/man-pages/man7/kernel_lockdown.7.html: Secure Boot turns it on. Without securityfs it is not there. */
const lockdown = read('/sys/kernel/security/lockdown')
/** https://docs.kernel.org/admin-guide/module-signing.html */
const enforced = read('/sys/module/module/parameters/sig_enforce')

/** In modprobe's own order of precedence. https://man7.org/linux/man-pages/man5/modprobe.d.5.html */
const ruleFolders = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((folder): ReadAllQuestion => ({
  ask: 'readAll',
  path: `${folder}/modprobe.d`,
  suffix: '.conf',
}))

export function moduleQuestions(name: string, facts: Facts): readonly Question[] {
  return [folderOf(name), ...sharedBy(facts).all]
}

/** For modules that are known not to be built in: those that are loaded are in /proc/modules. */
export function sharedModuleQuestions(facts: Facts): readonly Question[] {
  return sharedBy(facts).all
}

/** What is the same for every module of one host: several are told by one reading of it. */
export type SharedSources = Omit<ModuleSources, 'hasFolder'>

export function sourcesOf(name: string, answers: Answers, shared: SharedSources): ModuleSources {
  return { ...shared, hasFolder: hasFolder(answers, folderOf(name)) }
}

/** The same without a look at /sys/module. */
export function sourcesOfModular(shared: SharedSources): ModuleSources {
  return { ...shared, hasFolder: isUnread(shared.loaded) ? shared.loaded : false }
}

/** Many modules are told in a round: read once, as long as each of them has the same answers to the same questions. */
export function readSharedSources(answers: Answers, facts: Facts): SharedSources {
  const shared = sharedBy(facts)
  const seen = shared.all.map((question) => answers.of(question))
  const isSame = last?.shared === shared && last.seen.every((one, index) => one === seen[index])
  if (last === null || !isSame) last = { shared, seen, sources: readSources(answers, facts) }
  return last.sources
}

let last: {
  readonly shared: ReturnType<typeof sharedBy>
  /** The answers to all of its questions. */
  readonly seen: readonly Answer<unknown>[]
  readonly sources: SharedSources
} | null = null

/** Of nothing but the answers to the shared questions. */
function readSources(answers: Answers, facts: Facts): SharedSources {
  const shared = sharedBy(facts)
  const cmdline = firstFound(answers, [commandLine])
  const disabled = firstFound(answers, [closed])
  const folders = readRuleFolders(answers)
  const ruleLines = cmdline.fate === 'found' ? readCommandLine(cmdline.value.text) : []
  const lists = {
    dependencies: readList(notEmpty(firstFound(answers, shared.dependencies)), wholeLines),
    builtIn: readList(notEmpty(firstFound(answers, shared.builtIn)), wholeLines),
    builtInAliases: readList(firstFound(answers, shared.builtInAliases), wholeEntries),
    aliases: readList(notEmpty(firstFound(answers, shared.aliases)), wholeLines),
  }
  return {
    loaded: firstFound(answers, [loaded]),
    dependencies: lists.dependencies.source,
    builtIn: lists.builtIn.source,
    builtInAliases: lists.builtInAliases.source,
    aliases: lists.aliases.source,
    cut: Object.values(lists).find(({ cut }) => cut !== null)?.cut ?? null,
    config: readKernelConfig(answers, facts.kernel),
    rules: [...ruleLines, ...readRules(folders.found)],
    unreadRules: [cmdline, disabled].find(isUnread) ?? folders.unread,
    wantsSignatures: wantsSignatures(answers),
    isClosed: disabled.fate === 'found' && disabled.value.text.trim() === '1',
    installed: installedKernels(answers, shared.folders),
  }
}

/** What is asked for every module alike, as the same objects: of a hundred modules it is most of what a round looks up. */
const sharedBy = memoizeLast((facts: Facts) => {
  const folders = kernelFolders(facts)
  const ofKernel = (file: string): readonly ReadQuestion[] =>
    facts.kernel === null ? [] : folders.map(({ path }) => read(`${path}/${facts.kernel}/${file}`))
  const lists = {
    dependencies: ofKernel('modules.dep'),
    builtIn: ofKernel('modules.builtin'),
    builtInAliases: ofKernel('modules.builtin.modinfo'),
    aliases: ofKernel('modules.alias'),
  }
  const config = kernelConfigQuestions(facts.kernel)
  const files = Object.values(lists).flat()
  const all = [
    loaded,
    commandLine,
    closed,
    lockdown,
    enforced,
    ...ruleFolders,
    ...folders,
    ...files,
    ...config,
  ]
  return { ...lists, folders, all }
})

/** Told when it is asked for, by the two answers alone: it is kept longer than a round's others. */
function wantsSignatures(answers: Answers): () => string | null {
  const [level, flag] = [answers.of(lockdown), answers.of(enforced)]
  return () => {
    const locked = level.fate === 'found' ? /\[(integrity|confidentiality)\]/.exec(level.value.text) : null
    if (locked !== null) return `the kernel is locked down for ${locked[1]} (Secure Boot)`
    return flag.fate === 'found' && flag.value.text.trim() === 'Y' ? 'module.sig_enforce is on' : null
  }
}

export function isUnread(source: { readonly fate: string }): source is UnreadSource {
  return source.fate !== 'found' && source.fate !== 'absent'
}

/** depmod leaves none of its lists empty: one that is was cut off, and names nothing that is there. */
function notEmpty(source: Source): Source {
  if (source.fate !== 'found' || source.value.text.trim() !== '') return source
  return { fate: 'failed', detail: 'it is empty; depmod writes it', path: source.path }
}

interface List {
  /** With its whole entries only. */
  readonly source: Source
  readonly cut: UnreadSource | null
}

function readList(source: Source, wholeOf: (file: FileText) => WholePart): List {
  if (source.fate !== 'found') return { source, cut: null }
  const { path } = source
  const { file, isCut } = wholeOf(source.value)
  const cut: UnreadSource | null = isCut ? { fate: 'failed', detail: 'it is cut off', path } : null
  return { source: { ...source, value: file }, cut }
}

function read(path: string): ReadQuestion {
  return { ask: 'read', path, limit }
}

function folderOf(name: string): StatQuestion {
  return { ask: 'stat', path: `/sys/module/${name}` }
}

/** NixOS keeps them beside the system that was booted. */
function kernelFolders(facts: Facts): readonly ListQuestion[] {
  const nixos = facts.distro.id === 'nixos' ? ['/run/booted-system/kernel-modules/lib/modules'] : []
  return [...nixos, '/lib/modules', '/usr/lib/modules'].map((path) => ({ ask: 'list', path }))
}

function readRuleFolders(answers: Answers): { found: readonly FolderText[]; unread: UnreadSource | null } {
  const found: FolderText[] = []
  let unread: UnreadSource | null = null
  for (const question of ruleFolders) {
    const answer = answers.of(question)
    if (answer.fate === 'found') {
      const [file] = answer.value.unread
      if (file) unread ??= { fate: 'failed', detail: file.detail, path: file.path }
      found.push(answer.value)
    } else if (answer.fate !== 'absent')
      unread ??= { fate: answer.fate, detail: answer.detail, path: question.path }
  }
  return { found, unread }
}

function hasFolder(answers: Answers, question: StatQuestion): boolean | UnreadSource {
  const answer = answers.of(question)
  if (answer.fate === 'found' || answer.fate === 'absent') return answer.fate === 'found'
  return { fate: answer.fate, detail: answer.detail, path: question.path }
}

function installedKernels(answers: Answers, folders: readonly ListQuestion[]): InstalledKernels {
  const names = new Set<string>()
  for (const question of folders) {
    const answer = answers.of(question)
    if (answer.fate === 'found') for (const name of answer.value.names) names.add(name)
    else if (answer.fate !== 'absent')
      return { fate: answer.fate, detail: answer.detail, path: question.path }
  }
  return { names: [...names].filter((name) => /^\d+\.\d/.test(name)).toSorted() }
}
