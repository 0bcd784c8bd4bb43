import * as z from 'zod'
import type { Kind } from '../model/need.ts'
import { unanswered, verdict } from '../model/reason.ts'
import type { Verdict } from '../model/reason.ts'
import { missingModule } from './missing-module.ts'
import { aliasTargets, blacklisted, blockOf } from './modprobe-rules.ts'
import {
  findAliases,
  findBuiltIn,
  findBuiltInAliases,
  findDependencies,
  foldName,
  loadedState,
} from './module-files.ts'
import type { ModuleFile } from './module-files.ts'
import { moduleQuestions, readModuleSources } from './module-sources.ts'
import type { ModuleSources } from './module-sources.ts'
import { addModule, loadModule } from '../fixes/usual-fixes.ts'

const option = z
  .string()
  .regex(/^CONFIG_[A-Za-z0-9_]+$/, 'is not the name of a kernel option, such as CONFIG_ISCSI_TCP')

const schema = z.strictObject({
  kernelModule: z
    .string()
    .regex(/^[A-Za-z0-9][\w-]{0,63}$/, 'is not the name of a kernel module')
    .describe(
      'A kernel module that is loaded, built in or can be loaded: its name, or an alias such as fs-nfs4.',
    ),
  config: z
    .union([option, z.array(option).min(1)])
    .optional()
    .describe('The kernel option that builds it; several when it was renamed between kernels.'),
  loaded: z
    .boolean()
    .optional()
    .describe('true: it must be loaded or built in; that it can be loaded is not enough.'),
})

/**
 * A kernel module that is loaded, built in, or can be loaded when something asks for it. What proves that it is
 * there wins over what could not be read; "can be loaded" is a prediction, and needs the rules against it read.
 */
export const kernelModule: Kind<typeof schema> = {
  name: 'kernelModule',
  schema,
  subject: (spec) => foldName(spec.kernelModule),
  usualFix({ kernelModule: name, config }, reason) {
    const isGone = reason === 'ModuleNotFound' || reason === 'ModuleNotInKernel'
    if (!isGone) return loadModule(name)
    // What no option builds is not Linux's own: only the check knows where it comes from.
    return config === undefined ? null : addModule(name)
  },
  questions: (spec, facts) => moduleQuestions(foldName(spec.kernelModule), facts),
  judge(spec, answers, facts) {
    const name = foldName(spec.kernelModule)
    const sources = readModuleSources(name, answers, facts)
    const options = [spec.config ?? []].flat()
    return (
      presentModule(name, sources) ??
      loadableModule(name, sources, spec.loaded ?? false) ??
      missingModule({ name, options, sources, kernel: facts.kernel })
    )
  },
}

/** Loaded or built in, by its own name or as what its name is an alias of. */
function presentModule(name: string, sources: ModuleSources): Verdict | null {
  const names = [name, ...targetsOf(name, sources)]
  const state = names.map((one) => stateOf(one, sources)).find((one) => one !== null)
  if (state === 'Live') return verdict('ModuleLoaded', { name }, { evidence: aliasEvidence(name, names) })
  if (state !== undefined) return verdict('ModuleUnknown', { name, detail: `/proc/modules says ${state}` })
  if (!names.some((one) => isBuiltIn(one, sources))) return null
  return verdict('ModuleBuiltIn', { name }, { evidence: aliasEvidence(name, names) })
}

function loadableModule(name: string, sources: ModuleSources, mustBeLoaded: boolean): Verdict | null {
  if (sources.loaded.fate === 'absent') return null
  const files = [name, ...targetsOf(name, sources)].flatMap((one) => fileOf(one, sources) ?? [])
  const verdicts = files.map((file) => judgeFile(name, file, { sources, mustBeLoaded }))
  return verdicts.find(({ state }) => state === 'ready') ?? verdicts[0] ?? null
}

interface NamedFile extends ModuleFile {
  readonly name: string
}

/** A module that is there as a file: blocked, loadable, or not loaded although it must be. */
function judgeFile(
  name: string,
  file: NamedFile,
  how: { sources: ModuleSources; mustBeLoaded: boolean },
): Verdict {
  const { sources } = how
  const evidence = [file.path, ...ruleEvidence(file.name, sources), ...aliasEvidence(name, [name, file.name])]
  if (sources.isClosed) return closedVerdict(name, evidence)
  const blocks = [file.name, ...file.needs.filter((needed) => stateOf(needed, sources) !== 'Live')].flatMap(
    (one) => blockOf(sources.rules, one, one === file.name && one !== name) ?? [],
  )
  const block = blocks.find(({ isCertain }) => isCertain) ?? blocks[0]
  if (block?.isCertain)
    return verdict('ModuleBlocked', { name, by: block.by }, { evidence, fix: { note: block.note } })
  if (how.mustBeLoaded) return verdict('ModuleNotLoaded', { name }, { evidence, usual: { modules: [name] } })
  if (block) return verdict('ModuleUnknown', { name, detail: block.by }, { evidence })
  if (sources.unreadRules)
    return unanswered(`whether ${name} may be loaded (${sources.unreadRules.path})`, sources.unreadRules)
  return verdict('ModuleLoadable', { name }, { evidence })
}

function closedVerdict(name: string, evidence: readonly string[]): Verdict {
  const by = 'kernel.modules_disabled is 1'
  const note =
    'kernel.modules_disabled=1 holds until the next boot: load the module before it is set, then reboot.'
  return verdict('ModuleBlocked', { name, by }, { evidence, fix: { note } })
}

/** The modules that a name is an alias of; none when there is a module of that name. */
function targetsOf(name: string, sources: ModuleSources): readonly string[] {
  if (isBuiltIn(name, sources) || fileOf(name, sources) !== null) return []
  const { aliases, builtInAliases } = sources
  return [
    ...aliasTargets(sources.rules, name),
    ...(aliases.fate === 'found' ? findAliases(aliases.value, name) : []),
    ...(builtInAliases.fate === 'found' ? findBuiltInAliases(builtInAliases.value, name) : []),
  ]
}

function stateOf(name: string, { loaded }: ModuleSources): string | null {
  return loaded.fate === 'found' ? loadedState(loaded.value, name) : null
}

function isBuiltIn(name: string, { builtIn, builtInAliases: info }: ModuleSources): boolean {
  if (builtIn.fate === 'found' && findBuiltIn(builtIn.value, name)) return true
  return info.fate === 'found' && findBuiltInAliases(info.value, name).includes(name)
}

function fileOf(name: string, { dependencies }: ModuleSources): NamedFile | null {
  const file = dependencies.fate === 'found' ? findDependencies(dependencies.value, name) : null
  return file && { ...file, name }
}

/** A blacklist only stops loading by an alias, as udev does it; that is worth saying, but not missing. */
function ruleEvidence(name: string, { rules }: ModuleSources): readonly string[] {
  const rule = blacklisted(rules, name)
  return rule ? [`blacklisted in ${rule.at}: not loaded by itself, only when asked for by name`] : []
}

function aliasEvidence(name: string, names: readonly string[]): readonly string[] {
  const others = names.filter((one) => one !== name)
  return others.length === 0 ? [] : [`${name} is an alias of ${others.join(', ')}`]
}
