import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { misled } from '#agent/needs/modules/modprobe-rules.ts'
import type { Rule } from '#agent/needs/modules/modprobe-rules.ts'
import { isUnread } from '#agent/needs/modules/module-sources.ts'
import type { ModuleSources } from '#agent/needs/modules/module-sources.ts'

/** A module that none of the kernel's lists names. */
export interface Sought {
  readonly name: string
  /** The line of modprobe.d that makes it another name, of which there is no module either. */
  readonly renamed: Rule | null
  /** The kernel options that may build it. */
  readonly options: readonly string[]
  readonly sources: ModuleSources
  readonly kernel: string | null
}

/** Why it is not there, or why that cannot be told; and the last ways in which it may be there after all. */
export function missingModule(sought: Sought): Verdict {
  const { name, sources, kernel } = sought
  const option = builtAs(sought)
  const evidence = option ? [`${option.name}=${option.value} in ${option.path}`] : []
  if (option?.value === 'y') return verdict('ModuleBuiltIn', { name }, { evidence })
  if (sources.hasFolder === true) return folderVerdict(sought)
  if (kernel === null) return unknownBecause(sought, 'the version of the running kernel could not be read')
  const unread = unreadSource(sources)
  if (unread) return unanswered(`whether kernel module ${name} is there (${unread.path})`, unread)
  if (option?.value === 'n')
    return verdict(
      'ModuleNotInKernel',
      { name, option: option.name, kernel },
      { evidence, fix: { kernel: { isWithout: true, without: [name] } } },
    )
  if (sources.loaded.fate === 'absent') return unsupported(sought)
  if (sources.dependencies.fate === 'absent') return withoutFiles(sought, kernel, option?.value === 'm')
  if (sought.renamed) return misledVerdict(name, sought.renamed, sources)
  const cut = cutConfig(sought)
  if (cut !== null) return unknownBecause(sought, `${cut} is cut off`)
  const hasBuiltIns = sources.builtIn.fate === 'found' || sources.builtInAliases.fate === 'found'
  if (!hasBuiltIns && option === null)
    return unknownBecause(sought, `kernel ${kernel} has no modules.builtin here`)
  return verdict('ModuleNotFound', { name, kernel }, { evidence })
}

interface BuiltAs {
  readonly name: string
  readonly value: string
  readonly path: string
}

/** The most that any of the options gives: y, m, n; null when no option is named or no configuration was read. */
function builtAs({ options, sources: { config } }: Sought): BuiltAs | null {
  if (config.fate !== 'found') return null
  const isKnown = options.every((one) => config.value(one) !== null)
  for (const value of isKnown ? ['y', 'm', 'n'] : ['y', 'm']) {
    const name = options.find((one) => config.value(one) === value)
    if (name !== undefined) return { name, value, path: config.path }
  }
  return null
}

/** The configuration that may yet name an option: what is built in without a name of its own is in no list. */
function cutConfig(sought: Sought): string | null {
  const {
    options,
    sources: { config },
  } = sought
  if (config.fate !== 'found' || builtAs(sought) !== null) return null
  return options.some((one) => config.value(one) === null) ? config.path : null
}

/** /sys/module lists what is loaded, and of what is built in only some; so its silence proves nothing. */
function folderVerdict({ name, sources }: Sought): Verdict {
  const reason = isUnread(sources.loaded) ? 'ModuleLoaded' : 'ModuleBuiltIn'
  return verdict(reason, { name }, { evidence: [`/sys/module/${name} is there`] })
}

/** An alias in modprobe.d that leads to nothing; another line, unseen, may lead to a module. */
function misledVerdict(name: string, rule: Rule, { unreadRules }: ModuleSources): Verdict {
  if (unreadRules) return unanswered(`whether ${name} may be loaded (${unreadRules.path})`, unreadRules)
  const { by, note } = misled(rule, name)
  return verdict('ModuleBlocked', { name, by }, { fix: { note } })
}

function unreadSource(sources: ModuleSources) {
  const { loaded, hasFolder, dependencies, builtIn, builtInAliases, aliases } = sources
  const loadedProof = hasFolder === false ? [] : [loaded]
  const folder = hasFolder === true || hasFolder === false ? [] : [hasFolder]
  const all = [...loadedProof, dependencies, builtIn, builtInAliases, aliases, ...folder]
  return all.find(isUnread) ?? sources.cut
}

/** A kernel without module support has no /proc/modules: then only its configuration could tell. */
function unsupported(sought: Sought): Verdict {
  const { options, sources } = sought
  const without = 'the kernel has no /proc/modules, so it has no module support'
  if (options.length === 0)
    return unknownBecause(sought, `${without}, and the need names no kernel option (config)`)
  const { config } = sources
  const why = isUnread(config)
    ? `${config.path}: ${config.detail}`
    : 'its configuration is nowhere on this host'
  return unknownBecause(sought, config.fate === 'found' ? without : `${without}, and ${why}`)
}

/**
 * No modules.dep of the running kernel: either an update took its modules away, or they are not in this root at
 * all (a node in a container, an image without modules).
 */
function withoutFiles(sought: Sought, kernel: string, isModule: boolean): Verdict {
  const { name, sources } = sought
  const { installed } = sources
  if (!('names' in installed)) return unanswered(`which kernels are installed (${installed.path})`, installed)
  if (installed.names.includes(kernel))
    return unknownBecause(sought, `kernel ${kernel} has no modules.dep; depmod writes it`)
  if (installed.names.length === 0)
    return unknownBecause(sought, `there are no modules of kernel ${kernel} on this host`)
  const others = installed.names.join(', ')
  if (isModule)
    return verdict('KernelReplaced', { name, kernel, installed: others }, { fix: { reboot: true } })
  const gone = `the modules of the running kernel ${kernel} are gone, those of ${others} are there; a reboot may be due`
  return unknownBecause(sought, gone)
}

function unknownBecause({ name }: Sought, detail: string): Verdict {
  return verdict('ModuleUnknown', { name, detail })
}
