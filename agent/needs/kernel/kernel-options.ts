import { addModules } from '#agent/fixes/generic-fixes.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'

/** One option held against the configuration. */
export interface Option {
  readonly name: string
  /** null when it is not known. */
  readonly value: string | null
  /** null when any value but n will do. */
  readonly wanted: string | null
  /** Of an option that is m and may be: the module that it stands for. */
  readonly module: { readonly name: string; readonly verdict: Verdict } | null
}

/** Options of which any is enough. */
export interface Item {
  readonly options: readonly Option[]
  isOfLegacy(option: Option): boolean
  /** The version of cgroups that the host has; null when that is not known. */
  readonly cgroups: 1 | 2 | null
}

/** Where the options were read, and of which kernel. */
interface Place {
  readonly path: string
  readonly kernel: string
}

export function judgeItems(all: readonly Item[], place: Place): Verdict {
  const evidence = [...all.flatMap(({ options }) => options.map(showOption)), `read from ${place.path}`]
  const items = all.map(withoutLegacy).filter(({ options }) => options.length > 0)
  const seen = [...evidence, ...legacyEvidence(all)]
  if (items.length === 0) return verdict('KernelConfigOfLegacy', { options: all.map(nameItem) }, { evidence })
  const unmet = items.filter((item) => !item.options.some(isMet))
  const sure = unmet.filter((item) => !isDoubtful(item))
  return (
    notSetVerdict(sure, seen) ??
    unexpectedVerdict(sure, seen) ??
    modulesVerdict(sure, place, seen) ??
    doubtVerdict(unmet, place, seen) ??
    verdict('KernelConfigSet', { options: items.map(nameItem) }, { evidence: seen })
  )
}

/** With cgroup v2 alone nothing uses what is of v1. */
function withoutLegacy(item: Item): Item {
  return item.cgroups === 2
    ? { ...item, options: item.options.filter((one) => !item.isOfLegacy(one) || one.wanted === 'n') }
    : item
}

function legacyEvidence(items: readonly Item[]): readonly string[] {
  const of = items.flatMap((item) => (item.cgroups === 2 ? item.options.filter(item.isOfLegacy) : []))
  return of.map(({ name }) => `${name} is of cgroup v1, and this host has v2 alone`)
}

function isMet({ value, wanted, module }: Option): boolean {
  if (module !== null) return module.verdict.state === 'ready'
  return wanted === null ? isSet(value) : value === wanted
}

function isSet(value: string | null): value is string {
  return value !== null && value !== 'n' && value !== ''
}

/** What may yet be met: by what was cut off, by a module that could not be looked for, or by cgroup v2. */
function isDoubtful(item: Item): boolean {
  return item.options.some(
    (one) =>
      one.value === null ||
      one.module?.verdict.state === 'unknown' ||
      (item.cgroups === null && item.isOfLegacy(one)),
  )
}

function notSetVerdict(unmet: readonly Item[], evidence: readonly string[]): Verdict | null {
  const notSet = unmet.filter(({ options }) => options.every(({ value }) => !isSet(value)))
  return notSet.length === 0
    ? null
    : verdict('KernelConfigNotSet', { options: notSet.map(nameItem) }, { evidence })
}

function unexpectedVerdict(unmet: readonly Item[], evidence: readonly string[]): Verdict | null {
  const other = unmet
    .filter(({ options }) => options.every(({ module }) => module === null))
    .flatMap(({ options }) => options)
    .find(({ value }) => isSet(value))
  if (other === undefined) return null
  const shown = isPlain(other) ? String(other.value) : 'another text'
  const wanted = other.wanted ?? 'y or m'
  return verdict('KernelConfigUnexpected', { option: other.name, value: shown, wanted }, { evidence })
}

/** The options say that the kernel can have them, and their modules are not there, or may not be loaded. */
function modulesVerdict(unmet: readonly Item[], place: Place, evidence: readonly string[]): Verdict | null {
  const lacking = unmet.flatMap(({ options }) => options.flatMap(({ module }) => module ?? []))
  const [first] = lacking
  if (first === undefined) return null
  const names = [...new Set(lacking.map(({ name }) => name))]
  const more = { evidence: [...first.verdict.evidence, ...evidence] }
  const isGone = lacking.every((one) => one.verdict.reason === 'ModuleNotFound')
  if (!isGone) return { ...first.verdict, ...more, evidence: first.verdict.evidence }
  const fixByDistro = addModules(names)
  return verdict('ModuleNotFound', { name: names.join(', '), kernel: place.kernel }, { ...more, fixByDistro })
}

function doubtVerdict(unmet: readonly Item[], { path }: Place, evidence: readonly string[]): Verdict | null {
  const [doubtful] = unmet
  if (doubtful === undefined) return null
  const module = doubtful.options.find((one) => one.module?.verdict.state === 'unknown')?.module
  if (module) return module.verdict
  const isCut = doubtful.options.some(({ value }) => value === null)
  const detail = isCut ? 'it is cut off' : 'which version of cgroups this host has is not known'
  return unanswered(path, { fate: 'failed', detail }, evidence)
}

/** With the value where it matters: an option that should be "n" is not "CONFIG_X as needed" but "CONFIG_X=n". */
function nameItem({ options }: Item): string {
  return options.map(({ name, wanted }) => (wanted === null ? name : `${name}=${wanted}`)).join(' or ')
}

function showOption(option: Option): string {
  const { name, value, wanted } = option
  if (value === null) return `${name} is not in what is left of the file`
  if (value === 'n') return `${name} is not set`
  if (isPlain(option)) return `${name}=${value}`
  return `${name} is ${wanted === null ? 'a' : 'another'} text`
}

/** A text is for the need to name: CONFIG_CMDLINE is a whole command line, and installers hand secrets over in one. */
function isPlain({ value, wanted }: Option): boolean {
  return value === wanted || /^([ym]|-?\d+|0x[0-9a-f]+)?$/i.test(value ?? '')
}
