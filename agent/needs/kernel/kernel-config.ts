import * as z from 'zod'
import type { Answers } from '#agent/model/answers.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Kind } from '#agent/model/need.ts'
import type { Question } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { mountinfo } from '#agent/model/mountinfo.ts'
import { cgroupVersion } from '#agent/needs/places/cgroup-version.ts'
import { listOf, word } from '#agent/needs/parts/bounded.ts'
import { kernelConfigQuestions, readKernelConfig } from '#agent/needs/parts/kernel-config-file.ts'
import { judgeItems } from './kernel-options.ts'
import type { Item, Option } from './kernel-options.ts'
import { judgeModule, moduleName } from './kernel-module.ts'
import {
  readSharedSources,
  sharedModuleQuestions,
  sourcesOfModular,
} from '#agent/needs/modules/module-sources.ts'
import type { ModuleSources } from '#agent/needs/modules/module-sources.ts'
import { legacyCgroup, mayBeModule, modulesOf } from './option-modules.ts'
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
      'Options that the running kernel was built with: CONFIG_X (y, or m with its module there), CONFIG_X=y, CONFIG_X=n (not set); with | between them any is enough. Options of cgroup v1 are not asked of a host that has v2 alone.',
    ),
  modules: z
    .record(word(new RegExp(`^${name}$`), 'is not the name of a kernel option'), moduleName)
    .optional()
    .describe(
      'The module that an option builds where it is m: { CONFIG_FOO: foo }. For those that hostdeps does not know; without it a CONFIG_FOO=m is unknown.',
    ),
})

type Spec = z.infer<typeof schema>

/**
 * Options the running kernel was built with. `CONFIG_X` is built in (y), or a module (m) that is there: m says no more than
 * that the kernel can have it, and distributions put modules into packages of their own. `CONFIG_X=n` is not set.
 */
export const kernelConfig: Kind<typeof schema> = {
  name: 'kernelConfig',
  schema,
  subject: (spec) => shortList(itemsOf(spec)),
  genericFix: () => anotherKernel,
  lint: (spec) => namelessModules(spec),
  questions: questionsOf,
  judge: judgeOptions,
}

function questionsOf(spec: Spec, facts: Facts): readonly Question[] {
  const options = optionsOf(spec)
  const hasModules = options.some((option) => namesFor(spec, option).length > 0)
  return [
    ...(hasModules ? sharedModuleQuestions(facts) : kernelConfigQuestions(facts.kernel)),
    ...(options.some(({ name }) => legacyCgroup.includes(name)) ? [mountinfo] : []),
  ]
}

function judgeOptions(spec: Spec, answers: Answers, facts: Facts): Verdict {
  const config = readKernelConfig(answers, facts.kernel)
  if (config.fate === 'absent')
    return verdict('KernelConfigUnknown', { kernel: facts.kernel ?? '(version not known)' })
  if (config.fate !== 'found') return unanswered(config.path, config)
  const version = cgroupsOf(answers)
  const modules: Modules = { facts, answers, sources: null }
  const items = itemsOf(spec).map((text): Item => {
    const options = writtenIn(text).map((option) => {
      const value = config.value(option.name)
      return { ...option, value, module: moduleOf(spec, { ...option, value }, modules) }
    })
    return { options, isOfLegacy: (one) => legacyCgroup.includes(one.name), cgroups: version }
  })
  return judgeItems(items, { path: config.path, kernel: facts.kernel ?? '' })
}

function itemsOf(spec: Spec): readonly string[] {
  return typeof spec.kernelConfig === 'string' ? [spec.kernelConfig] : spec.kernelConfig
}

type Written = Pick<Option, 'name' | 'wanted'>

function optionsOf(spec: Spec): readonly Written[] {
  return itemsOf(spec).flatMap(writtenIn)
}

function writtenIn(item: string): readonly Written[] {
  return item.split('|').map((text) => {
    const [name = text, ...rest] = text.split('=')
    return { name, wanted: rest.length === 0 ? null : rest.join('=').replace(/^"(.*)"$/, '$1') }
  })
}

/** The modules that stand for an option, of which any is enough; none where it must be y or n, or where none is known. */
function namesFor({ modules }: Spec, { name, wanted }: Written): readonly string[] {
  if (wanted !== null && wanted !== 'm') return []
  const own = modules?.[name]
  return own === undefined ? (modulesOf(name) ?? []) : [own]
}

/** How modules are looked up; read when the first one is. */
interface Modules {
  readonly facts: Facts
  readonly answers: Answers
  sources: ModuleSources | null
}

/** What is known of the module of an option that is m; null where there is no question of one. */
function moduleOf(
  spec: Spec,
  option: Written & { readonly value: string | null },
  modules: Modules,
): Option['module'] {
  const { name, wanted, value } = option
  if (value !== 'm' || (wanted !== null && wanted !== 'm')) return null
  const names = namesFor(spec, option)
  const { answers, facts } = modules
  const sources = (modules.sources ??= sourcesOfModular(readSharedSources(answers, facts)))
  const verdicts = names.map((one) =>
    judgeModule({ name: one, options: [name], mustBeLoaded: false }, sources, facts),
  )
  const states = ['ready', 'unknown', 'missing'] as const
  const state = states.find((one) => verdicts.some((said) => said.state === one))
  const said = verdicts.find((one) => one.state === state)
  return { name: names[0] ?? '', verdict: said ?? verdict('KernelConfigModuleUnknown', { option: name }) }
}

/** null when it cannot be told, or when none are mounted. */
function cgroupsOf(answers: Answers): 1 | 2 | null {
  const answer = answers.of(mountinfo)
  return answer.fate === 'found' ? cgroupVersion(answer.value.text) : null
}

function namelessModules(spec: Spec): readonly string[] {
  const nameless = optionsOf(spec).filter(
    ({ name, wanted }) => wanted === null && spec.modules?.[name] === undefined && mayBeModule(name) === null,
  )
  return nameless.map(
    ({ name }) =>
      `does not say which module ${name} is where it is m: write modules: { ${name}: NAME }, or ${name}=y`,
  )
}

/** One for a name, however long the list is: "CONFIG_NAMESPACES+11". */
function shortList(items: readonly string[]): string {
  return items.length > 1 ? `${items[0]}+${items.length - 1}` : (items[0] ?? '')
}
