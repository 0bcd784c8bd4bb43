import * as z from 'zod'
import type { Answers } from '#agent/model/answers.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Kind } from '#agent/model/need.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { listOf, word } from '#agent/needs/parts/bounded.ts'
import { kernelAfterBoot } from '#agent/needs/boot/kernel-boot.ts'
import { moduleAfterBoot } from '#agent/needs/boot/module-boot.ts'
import { missingModule } from './missing-module.ts'
import { blacklisted, blockOf } from '#agent/needs/modules/modprobe-rules.ts'
import { foldName } from '#agent/model/module-name.ts'
import { loadedState } from '#agent/needs/modules/module-files.ts'
import { builtInAliases, fileOf, isBuiltIn, lookUp } from '#agent/needs/modules/module-lookup.ts'
import type { Lookup, NamedModule } from '#agent/needs/modules/module-lookup.ts'
import { moduleQuestions, readSharedSources, sourcesOf } from '#agent/needs/modules/module-sources.ts'
import type { ModuleSources } from '#agent/needs/modules/module-sources.ts'
import { addModules, loadModule } from '#agent/fixes/generic-fixes.ts'

const option = word(/^CONFIG_[A-Za-z0-9_]+$/, 'is not the name of a kernel option, such as CONFIG_ISCSI_TCP')

export const moduleName = word(/^[A-Za-z0-9][\w-]{0,63}$/, 'is not the name of a kernel module')

const schema = z.strictObject({
  kernelModule: moduleName.describe(
    'A kernel module that is loaded, built in or can be loaded: its name, or an alias such as fs-nfs4.',
  ),
  config: z
    .union([option, listOf(option)])
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
  genericFix({ kernelModule: name, config }, reason) {
    const isGone = reason === 'ModuleNotFound' || reason === 'ModuleNotInKernel'
    if (!isGone) return loadModule(name)
    // What no option builds is not Linux's own: only the check knows where it comes from.
    return config === undefined ? null : addModules([name])
  },
  questions: (spec, facts) => moduleQuestions(foldName(spec.kernelModule), facts),
  nextBoot: (spec) => (answers, facts) =>
    afterBoot(foldName(spec.kernelModule), { answers, facts, mustBeLoaded: spec.loaded ?? false }),
  judge({ kernelModule: name, config, loaded = false }, answers, facts) {
    const sources = sourcesOf(foldName(name), answers, readSharedSources(answers, facts))
    return judgeModule({ name, options: [config ?? []].flat(), mustBeLoaded: loaded }, sources, facts)
  },
}

/** It is in no tree of the kernel's that boots next, or it is loaded and nothing would load it again. */
function afterBoot(
  name: string,
  { answers, facts, mustBeLoaded }: { answers: Answers; facts: Facts; mustBeLoaded: boolean },
): Verdict | null {
  const byKernel = kernelAfterBoot({ name, now: `kernel module ${name} is there` }, answers, facts)
  if (byKernel === null && !mustBeLoaded) return null
  const sources = sourcesOf(name, answers, readSharedSources(answers, facts))
  const file = fileOf(name, sources)
  // What is not the kernel's own may be built for the next one as it starts.
  const isOwn = file === null || file.path.replace(/^.*\/modules\/[^/]+\//, '').startsWith('kernel/')
  if (byKernel !== null && isOwn) return byKernel
  const isLoaded = mustBeLoaded && stateOf(name, sources) === 'Live'
  return isLoaded ? moduleAfterBoot(name, { sources, answers, facts }) : null
}

/** A module that is wanted, as a need of this kind or as what an option of the kernel builds. */
interface Wanted {
  readonly name: string
  /** The kernel options that may build it. */
  readonly options: readonly string[]
  readonly mustBeLoaded: boolean
}

export function judgeModule(wanted: Wanted, sources: ModuleSources, facts: Facts): Verdict {
  const name = foldName(wanted.name)
  const lookup = lookUp(name, sources)
  const found = loadableModule(lookup, sources, wanted.mustBeLoaded)
  const said =
    presentModule(lookup, sources) ??
    (found?.state === 'ready' ? found : null) ??
    partOfKernel(name, sources) ??
    found ??
    missingModule({ ...lookup, options: wanted.options, sources, kernel: facts.kernel })
  const isProven = said.state !== 'missing' || lookup.doubt === null
  return isProven ? said : verdict('ModuleUnknown', { name, detail: lookup.doubt })
}

/** Loaded or built in, by its own name or as what its name is an alias of. */
function presentModule({ name, targets }: Lookup, sources: ModuleSources): Verdict | null {
  const names = [...new Set([name, ...targets])]
  const state = names.map((one) => stateOf(one, sources)).find((one) => one !== null)
  if (state === 'Live') return verdict('ModuleLoaded', { name }, { evidence: aliasEvidence(name, names) })
  if (state !== undefined) return verdict('ModuleUnknown', { name, detail: `/proc/modules says ${state}` })
  if (!names.some((one) => isBuiltIn(one, sources))) return null
  return verdict('ModuleBuiltIn', { name }, { evidence: aliasEvidence(name, names) })
}

/** What no rule against loading takes away again. */
function partOfKernel(name: string, sources: ModuleSources): Verdict | null {
  const parts = builtInAliases(name, sources)
  if (parts.length === 0) return null
  return verdict('ModuleBuiltIn', { name }, { evidence: aliasEvidence(name, parts) })
}

function loadableModule(lookup: Lookup, sources: ModuleSources, mustBeLoaded: boolean): Verdict | null {
  if (sources.loaded.fate === 'absent') return null
  const files = lookup.targets.flatMap((one) => fileOf(one, sources) ?? [])
  const verdicts = files.map((file) => judgeFile(lookup, file, { sources, mustBeLoaded }))
  return verdicts.find(({ state }) => state === 'ready') ?? verdicts[0] ?? null
}

/** A module that is there as a file: blocked, loadable, or not loaded although it must be. */
function judgeFile(
  { name, renamed }: Lookup,
  file: NamedModule,
  how: { sources: ModuleSources; mustBeLoaded: boolean },
): Verdict {
  const { sources } = how
  const evidence = [file.path, ...ruleEvidence(file.name, sources), ...aliasEvidence(name, [name, file.name])]
  if (sources.isClosed) return closedVerdict(name, evidence)
  const isAlias = file.name !== name || renamed !== null
  // A command of "install" is run for the very name, unless modprobe.d makes that another one.
  const asked = isAlias && renamed === null ? [name] : []
  const needed = file.needs.filter((one) => stateOf(one, sources) !== 'Live')
  const blocks = [...asked, file.name, ...needed].flatMap(
    (one) => blockOf(sources.rules, one, isAlias && one === file.name) ?? [],
  )
  const block = blocks.find(({ isCertain }) => isCertain) ?? blocks[0]
  if (block?.isCertain)
    return verdict('ModuleBlocked', { name, by: block.by }, { evidence, fix: { note: block.note } })
  if (how.mustBeLoaded)
    return verdict('ModuleNotLoaded', { name }, { evidence, genericFix: { modules: [name] } })
  if (block) return verdict('ModuleUnknown', { name, detail: block.by }, { evidence })
  if (sources.unreadRules)
    return unanswered(`whether ${name} may be loaded (${sources.unreadRules.path})`, sources.unreadRules)
  return unsigned(name, file, sources) ?? verdict('ModuleLoadable', { name }, { evidence })
}

/** Modules from elsewhere than the kernel's own package are signed with another key, if at all. */
const foreign = /^(updates|extra|extramodules|weak-updates|dkms|misc)\//

/** Whether the kernel trusts the key of a module that was built apart shows only when it is loaded. */
function unsigned(name: string, file: NamedModule, sources: ModuleSources): Verdict | null {
  const all = [file, ...file.needs.flatMap((one) => fileOf(one, sources) ?? [])]
  const strange = all.find((one) => foreign.test(one.path) && stateOf(one.name, sources) !== 'Live')
  const why = strange === undefined ? null : sources.wantsSignatures()
  if (strange === undefined || why === null) return null
  return verdict('ModuleUnsigned', { name, path: strange.path, why }, { evidence: [file.path] })
}

function closedVerdict(name: string, evidence: readonly string[]): Verdict {
  const by = 'kernel.modules_disabled is 1'
  const note =
    'kernel.modules_disabled=1 holds until the next boot: load the module before it is set, then reboot.'
  return verdict('ModuleBlocked', { name, by }, { evidence, fix: { note } })
}

function stateOf(name: string, { loaded }: ModuleSources): string | null {
  return loaded.fate === 'found' ? loadedState(loaded.value, name) : null
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
