import type { Rule } from './modprobe-rules.ts'
import { aliasRules, aliasTarget } from './modprobe-rules.ts'
import {
  findAliases,
  findBuiltIn,
  findBuiltInAliases,
  findBuiltInName,
  findDependencies,
} from './module-files.ts'
import type { ModuleFile } from './module-files.ts'
import type { ModuleSources } from './module-sources.ts'

/** What a name comes to when it is asked for. All names are folded. */
export interface Lookup {
  readonly name: string
  /** The modules that are tried for it, the first {@link mostTargets}. */
  readonly targets: readonly string[]
  /** Why it may come to another module than these; null when it cannot. */
  readonly doubt: string | null
  /** The line of modprobe.d that makes it another name; null when none does. */
  readonly renamed: Rule | null
}

/** Each is searched for in a list of thousands. Of real names few have more than two. */
const mostTargets = 50

/**
 * As modprobe does it: an alias of its configuration stands before a module of that name, and such a module before the
 * aliases that modules have themselves. No alias of an alias is followed.
 * https://github.com/kmod-project/kmod/blob/master/libkmod/libkmod-module.c (kmod_module_new_from_lookup)
 */
export function lookUp(name: string, sources: ModuleSources): Lookup {
  const [renamed, ...others] = aliasRules(sources.rules, name)
  if (renamed) return { name, ...firstOf([renamed, ...others].map(aliasTarget)), renamed }
  const isModule = fileOf(name, sources) !== null || isBuiltIn(name, sources)
  if (isModule) return { name, targets: [name], doubt: null, renamed: null }
  const { aliases, cut } = sources
  const { targets, doubt } = firstOf(aliases.fate === 'found' ? findAliases(aliases.value, name) : [])
  return { name, targets, doubt: doubt ?? (cut && `${cut.path} is cut off`), renamed: null }
}

function firstOf(all: readonly string[]): Pick<Lookup, 'targets' | 'doubt'> {
  const targets = [...new Set(all)]
  const doubt = targets.length > mostTargets ? `it is an alias of more than ${mostTargets} modules` : null
  return { targets: targets.slice(0, mostTargets), doubt }
}

/** The parts of the kernel that answer to a name, whatever modules do. */
export function builtInAliases(name: string, { builtInAliases: info }: ModuleSources): readonly string[] {
  return info.fate === 'found' ? findBuiltInAliases(info.value, name) : []
}

export function isBuiltIn(name: string, { builtIn, builtInAliases: info }: ModuleSources): boolean {
  if (builtIn.fate === 'found' && findBuiltIn(builtIn.value, name)) return true
  return info.fate === 'found' && findBuiltInName(info.value, name)
}

export interface NamedModule extends ModuleFile {
  readonly name: string
}

export function fileOf(name: string, { dependencies }: ModuleSources): NamedModule | null {
  const file = dependencies.fate === 'found' ? findDependencies(dependencies.value, name) : null
  return file && { ...file, name }
}
