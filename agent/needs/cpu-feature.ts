import * as z from 'zod'
import type { Facts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'
import type { Kind } from '#agent/model/need.ts'
import type { ReadQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { listOf, word } from '#agent/needs/parts/bounded.ts'
import { firstFound } from '#agent/needs/parts/first-found.ts'
import { everywhere } from '#agent/fixes/generic-fixes.ts'

/**
 * Levels that compilers and C libraries build for, by the kernel's names of what they take. pni is SSE3, abm LZCNT.
 * https://gitlab.com/x86-psABIs/x86-64-ABI (x86-64-v2, x86-64-v3)
 * https://developer.arm.com/documentation/109697/latest/Feature-descriptions (Armv8.1 and 8.2: LSE, RDM, DC CVAP)
 */
const levels: Readonly<Record<string, readonly string[]>> = {
  'x86-64-v2': ['cx16', 'lahf_lm', 'popcnt', 'pni', 'sse4_1', 'sse4_2', 'ssse3'],
  'x86-64-v3': ['avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe', 'xsave'],
  'armv8.2-a': ['atomics', 'asimdrdm', 'dcpop'],
}

const name = z.union([
  z.enum(['x86-64-v2', 'x86-64-v3', 'armv8.2-a']),
  word(/^[a-z0-9][a-z0-9_.]*$/, 'is not the name of a feature as /proc/cpuinfo has it, or of a level'),
])
const features = z.union([
  name.transform((one) => ({ names: [one], any: false })),
  listOf(name).transform((names) => ({ names, any: false })),
  z
    .strictObject({ anyOf: listOf(name).describe('Features of which any is enough.') })
    .transform(({ anyOf }) => ({ names: anyOf, any: true })),
])

const architectures = ['amd64', 'arm64'] as const

const schema = z.strictObject({
  cpuFeature: z
    .union([
      features,
      z
        .strictObject({
          amd64: features.optional().describe('What it must have on amd64; without it amd64 will not do.'),
          arm64: features.optional().describe('What it must have on arm64; without it arm64 will not do.'),
        })
        .refine((spec) => spec.amd64 !== undefined || spec.arm64 !== undefined, 'names no architecture')
        .meta({ minProperties: 1 }),
    ])
    .describe(
      'What the CPU can do and the kernel lets it do, as /proc/cpuinfo names it, or a level (x86-64-v2, x86-64-v3, armv8.2-a): one, several, or by architecture.',
    ),
})

type Spec = z.infer<typeof schema>['cpuFeature']
type Features = z.infer<typeof features>

/** What the CPU can do and the kernel lets it do, by the kernel's names: `flags` on amd64, `Features` on arm64. */
export const cpuFeature: Kind<typeof schema> = {
  name: 'cpuFeature',
  schema,
  subject: ({ cpuFeature: spec }) =>
    'names' in spec
      ? namesOf(spec)
      : architectures.flatMap((arch) => (spec[arch] ? `${arch}:${namesOf(spec[arch])}` : [])).join(','),
  genericFix: () =>
    everywhere('Use machines whose CPU has it, or turn it on in the firmware or the hypervisor.'),
  questions: () => [cpuinfo],
  judge({ cpuFeature: spec }, answers, facts) {
    const wanted = wantedOn(spec, facts)
    if (wanted === null) {
      const named = architectures.filter((arch) => arch in spec)
      return verdict('ArchitectureWrong', { arch: facts.arch, wanted: named })
    }
    const answer = firstFound(answers, [cpuinfo])
    // Every kernel tells of its CPUs: not to see the file is no proof.
    if (answer.fate === 'absent')
      return verdict('QuestionFailed', { what: cpuinfo.path, detail: answer.detail })
    if (answer.fate !== 'found') return unanswered(cpuinfo.path, answer)
    const known = findFeatures(answer.value.text)
    if (known === null)
      return verdict('QuestionFailed', { what: cpuinfo.path, detail: 'it lists no features' })
    return judgeFeatures(wanted, known)
  },
}

/** 2 KiB for each logical CPU of amd64. */
const cpuinfo: ReadQuestion = { ask: 'read', path: '/proc/cpuinfo', limit: 16 * 1024 * 1024 }

function namesOf({ names, any }: Features): string {
  return names.join(any ? '|' : '+')
}

function wantedOn(spec: Spec, facts: Facts): Features | null {
  if ('names' in spec) return spec
  const arch = architectures.find((one) => one === facts.arch)
  return (arch && spec[arch]) ?? null
}

/**
 * The features that all CPUs have; null when none are listed. Not of the first CPU alone: a pod runs on any of them.
 * Exported for its test.
 */
export function findFeatures(text: string): ReadonlySet<string> | null {
  const lines = new Set(text.match(/^(flags|Features)\t*:.*$/gm))
  const [first, ...others] = [...lines].map((line) => new Set(wordsOf(line)))
  if (first === undefined || first.size === 0) return null
  return others.reduce((common, more) => common.intersection(more), first)
}

function wordsOf(line: string): readonly string[] {
  return line
    .slice(line.indexOf(':') + 1)
    .split(' ')
    .filter(Boolean)
}

function judgeFeatures({ names, any }: Features, known: ReadonlySet<string>): Verdict {
  const found = names.filter((one) => hasFeature(one, known))
  const isMet = any ? found.length > 0 : found.length === names.length
  if (isMet) return verdict('CpuFeatureFound', { features: found })
  const lacking = names.filter((one) => !found.includes(one)).map((one) => withParts(one, known))
  const fix = fixFor(lacking)
  const seen = fix === null ? {} : { fix }
  return any
    ? verdict('CpuFeatureNoneOf', { features: lacking }, seen)
    : verdict('CpuFeatureNotFound', { features: lacking }, seen)
}

function hasFeature(name: string, known: ReadonlySet<string>): boolean {
  return partsOf(name).every((one) => known.has(one))
}

/** x86-64-v3 has all of v2. */
function partsOf(name: string): readonly string[] {
  const own = levels[name] ?? [name]
  return name === 'x86-64-v3' ? [...partsOf('x86-64-v2'), ...own] : own
}

/** Of a level, what of it is lacking: "x86-64-v2 (sse4_2)". */
function withParts(name: string, known: ReadonlySet<string>): string {
  const lacking = partsOf(name).filter((one) => !known.has(one))
  return levels[name] === undefined ? name : `${name} (${lacking.join(' ')})`
}

/** Of the others, no setting brings them: the CPU, or the model of it that the hypervisor shows, is too old. */
function fixFor(lacking: readonly string[]): Fix | null {
  if (!lacking.some((one) => one === 'vmx' || one === 'svm')) return null
  return {
    note: 'Turn on virtualization (VT-x, AMD-V) in the firmware; in a virtual machine, nested virtualization at its hypervisor.',
  }
}
