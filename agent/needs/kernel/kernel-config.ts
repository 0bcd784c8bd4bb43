import * as z from 'zod'
import type { Kind } from '#agent/model/need.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { listOf, word } from '#agent/needs/parts/bounded.ts'
import { kernelConfigQuestions, readKernelConfig } from './kernel-config-file.ts'
import { anotherKernel } from '#agent/fixes/generic-fixes.ts'

const name = String.raw`CONFIG_[A-Za-z0-9_]+`
const value = String.raw`=(?:"[^"|]*"|[^\s"|]+)`
const alternative = `${name}(?:${value})?`

const item = word(
  new RegExp(`^${alternative}(?:\\|${alternative})*$`),
  'is not a kernel option: CONFIG_X, CONFIG_X=y, CONFIG_X=n, CONFIG_X=value, or several of them with | between',
)

const schema = z.strictObject({
  kernelConfig: z
    .union([item, listOf(item)])
    .describe(
      'Options that the running kernel was built with: CONFIG_X (y or m), CONFIG_X=y, CONFIG_X=n (not set); with | between them any is enough.',
    ),
})

type Spec = z.infer<typeof schema>

/** Options the running kernel was built with: `CONFIG_X` is set to anything (y or m), `CONFIG_X=n` is not set. */
export const kernelConfig: Kind<typeof schema> = {
  name: 'kernelConfig',
  schema,
  subject: (spec) => shortList(itemsOf(spec)),
  genericFix: () => anotherKernel,
  questions: (_, facts) => kernelConfigQuestions(facts.kernel),
  judge(spec, answers, facts) {
    const config = readKernelConfig(answers, facts.kernel)
    if (config.fate === 'absent')
      return verdict('KernelConfigUnknown', { kernel: facts.kernel ?? '(version not known)' })
    if (config.fate !== 'found') return unanswered(config.path, config)
    const items = itemsOf(spec).map((text) => judgeItem(text, (option) => config.value(option)))
    return judgeItems(items, config.path)
  },
}

function itemsOf(spec: Spec): readonly string[] {
  return typeof spec.kernelConfig === 'string' ? [spec.kernelConfig] : spec.kernelConfig
}

/** One option held against the configuration; `wanted` is null when any value but n will do. */
interface Option {
  readonly name: string
  /** null when it is not known. */
  readonly value: string | null
  readonly wanted: string | null
}

interface Item {
  readonly isMet: boolean
  readonly options: readonly Option[]
}

type ValueOf = (option: string) => string | null

function judgeItem(text: string, valueOf: ValueOf): Item {
  const options = text.split('|').map((part) => readOption(part, valueOf))
  return { isMet: options.some(isMet), options }
}

function readOption(text: string, valueOf: ValueOf): Option {
  const [name = text, ...rest] = text.split('=')
  const wanted = rest.length === 0 ? null : rest.join('=').replace(/^"(.*)"$/, '$1')
  return { name, value: valueOf(name), wanted }
}

function isMet({ value, wanted }: Option): boolean {
  return wanted === null ? isSet(value) : value === wanted
}

function isSet(value: string | null): value is string {
  return value !== null && value !== 'n' && value !== ''
}

function judgeItems(items: readonly Item[], path: string): Verdict {
  const evidence = [...items.flatMap(({ options }) => options.map(showOption)), `read from ${path}`]
  const isDoubtful = (item: Item) => !item.isMet && item.options.some(({ value }) => value === null)
  const unmet = items.filter((item) => !item.isMet && !isDoubtful(item))
  const notSet = unmet.filter(({ options }) => options.every(({ value }) => !isSet(value)))
  const other = unmet.find((item) => !notSet.includes(item))?.options.find(({ value }) => isSet(value))
  if (notSet.length > 0) return verdict('KernelConfigNotSet', { options: notSet.map(nameItem) }, { evidence })
  if (other === undefined && items.some(isDoubtful))
    return unanswered(path, { fate: 'failed', detail: 'it is cut off' }, evidence)
  if (other === undefined) return verdict('KernelConfigSet', { options: items.map(nameItem) }, { evidence })
  const { name: option, value, wanted } = other
  const shown = isPlain(other) ? String(value) : 'another text'
  return verdict('KernelConfigUnexpected', { option, value: shown, wanted: wanted ?? 'y or m' }, { evidence })
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

/** One for a name, however long the list is: "CONFIG_NAMESPACES+11". */
function shortList(items: readonly string[]): string {
  return items.length > 1 ? `${items[0]}+${items.length - 1}` : (items[0] ?? '')
}
