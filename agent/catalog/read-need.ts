import * as z from 'zod'
import type { Answers } from '#agent/model/answers.ts'
import type { WhenFacts } from '#agent/model/facts.ts'
import { memoizeLast } from '#agent/model/memoize-last.ts'
import type { HostNeed, Kind, NamedFile, Need, When } from '#agent/model/need.ts'
import type { Answer, Question } from '#agent/model/question.ts'
import { deepestAnyOf } from '#agent/model/bounds.ts'
import { anyOfNeed, checkNeed, hostWideKeys, judgedKeys } from './check-schema.ts'
import { alternativesOf } from './count-needs.ts'
import { checkShape } from '#agent/catalog/yaml/yaml-lines.ts'
import type { Path } from '#agent/catalog/yaml/yaml-tree.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import { mayAsk } from '#agent/catalog/custom/custom-questions.ts'
import { didYouMean } from '#agent/catalog/yaml/mistake.ts'
import { confine, allowListMistakes } from '#agent/catalog/custom/allow-list.ts'
import type { Reader, Rules } from '#agent/catalog/custom/rules.ts'
import { whyNot } from './when.ts'

/** `patterns`: instructions of all patterns in the need. */
export type Read =
  | { readonly need: Need; readonly patterns: number }
  | { readonly mistakes: readonly Mistake[] }

const judgedShape = z.object(judgedKeys)
type Judged = z.output<typeof judgedShape>

/** Reads one item of `needs`; exactly one of its keys names a kind. */
export function readNeed(reader: Reader, path: Path, value: unknown): Read {
  const { yaml, kinds } = reader
  const names = [...Object.keys(kinds), 'check', 'anyOf']
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { mistakes: [yaml.mistake(path, `is not a need; write, for example, "binary: iscsiadm"`)] }
  }
  const [kind, ...others] = Object.keys(value).filter((key) => names.includes(key))
  if (kind === undefined) return { mistakes: [noKind(reader, path, { keys: Object.keys(value), names })] }
  if (others.length > 0) {
    return {
      mistakes: [
        yaml.mistake(
          path,
          `combines several needs (${[kind, ...others].join(', ')}); write each as its own item`,
        ),
      ],
    }
  }
  if (kind === 'check') return readCheckNeed(reader, path, value)
  if (kind === 'anyOf') return readAnyOf(reader, path, value)
  return readHostNeed(reader, path, { kind: kinds[kind] as Kind, value })
}

function noKind(reader: Reader, path: Path, found: { keys: string[]; names: string[] }): Mistake {
  const near = found.keys.map((key) => didYouMean(key, found.names)).find((text) => text !== '')
  return reader.yaml.mistake(
    path,
    `has no kind of need${near ?? ''}; the kinds are ${found.names.join(', ')}`,
  )
}

function readCheckNeed(reader: Reader, path: Path, value: object): Read {
  const shape = checkShape(reader.yaml, { path, value }, checkNeed)
  if ('mistakes' in shape) return shape
  const { check } = shape.value
  const need = { type: 'check', check, id: `check:${check}`, ...common(reader, path, shape.value) } as const
  return { need, patterns: 0 }
}

function readAnyOf(reader: Reader, path: Path, value: object): Read {
  if (path.filter((key) => key === 'anyOf').length >= deepestAnyOf)
    return { mistakes: [reader.yaml.mistake(path, `nests anyOf more than ${deepestAnyOf} deep`)] }
  const shape = checkShape(reader.yaml, { path, value }, anyOfNeed)
  const items = alternativesOf(value)
  const reads = items.map((item: unknown, index) => readNeed(reader, [...path, 'anyOf', index], item))
  const mistakes = [
    ...('mistakes' in shape ? shape.mistakes : []),
    ...reads.flatMap((read) => ('mistakes' in read ? read.mistakes : [])),
  ]
  if (mistakes.length > 0 || 'mistakes' in shape) return { mistakes }
  const good = reads.flatMap((read) => ('need' in read ? [read] : []))
  const needs = good.map(({ need }) => need)
  const others = needs.length > 1 ? `+${needs.length - 1}` : ''
  const id = `anyOf:${needs[0]?.id ?? ''}${others}`
  const patterns = good.reduce((sum, one) => sum + one.patterns, 0)
  return { need: { type: 'anyOf', needs, id, ...common(reader, path, shape.value) }, patterns }
}

function readHostNeed(reader: Reader, path: Path, found: { kind: Kind; value: object }): Read {
  const { kind, value } = found
  const shape = checkShape(reader.yaml, { path, value }, wholeSchema(kind))
  if ('mistakes' in shape) return shape
  const refused = allowListMistakes(reader, path, { kind, spec: shape.value })
  if (refused.length > 0) return { mistakes: refused }
  const shared = judgedShape.parse(value)
  const view = viewOf(shared, reader.rules, kind.reads?.(shape.value) ?? null)
  const patterns = (kind.patterns?.(shape.value) ?? []).reduce((sum, { size }) => sum + size, 0)
  const need = {
    type: 'host',
    ...bindKind(kind, shape.value, view),
    ...common(reader, path, shared),
  } as const
  return { need, patterns }
}

/** A kind's own keys and those of any need. Cached, since zod compiles a schema at its first use. */
export function wholeSchema(kind: Kind): z.ZodObject {
  const schema = wholeSchemas.get(kind) ?? withSharedKeys(kind)
  wholeSchemas.set(kind, schema)
  return schema
}

function withSharedKeys({ schema, isHostWide }: Kind): z.ZodObject {
  const whole = isHostWide ? schema.safeExtend(hostWideKeys) : schema.safeExtend(judgedKeys)
  return whole.meta({ ...schema.meta() })
}

const wholeSchemas = new Map<Kind, z.ZodObject>()

/** How to ask a need's questions: in whose namespace, and within which limits. */
interface View {
  readonly process: string | null
  /** Its questions are asked as they are, all of them. */
  readonly isOpen: boolean
  readonly confine: <Q extends Question>(question: Q) => Q
  readonly mayAsk: (question: Question) => boolean
}

const refused: Answer<never> = { fate: 'denied', detail: 'custom checks may not ask this' }

/** A function of its own, so that a need does not keep its document in memory. */
function viewOf(shared: Judged, rules: Rules, read: NamedFile | null): View {
  const process = shared.in === 'host' ? null : shared.in.process
  return {
    process,
    isOpen: process === null && rules.origin === 'shipped',
    confine: (question) => confine(question, rules, read),
    mayAsk: (question) => mayAsk(question, rules),
  }
}

/** Binds a kind to the spec of one need, and its questions to how they are asked. */
function bindKind(
  kind: Kind,
  spec: Record<string, unknown>,
  { process, isOpen, confine, mayAsk }: View,
): Pick<HostNeed, 'id' | 'kind' | 'genericFix' | 'sysctl' | 'lint' | 'questions' | 'judge' | 'nextBoot'> {
  const seen = <Q extends Question>(written: Q): Q => {
    const question = confine(written)
    return process === null ? question : { ...question, in: process }
  }
  const viewed = (answers: Answers): Answers =>
    isOpen
      ? answers
      : {
          of(question) {
            const put = seen(question)
            return mayAsk(put) ? answers.of(put) : refused
          },
        }
  // What another namespace is made of at boot, nobody knows but who makes it.
  const nextBoot = process === null ? (kind.nextBoot?.(spec) ?? null) : null
  const where = process === null ? '' : `@${process}`
  return {
    id: `${kind.name}:${kind.subject(spec)}${where}`,
    kind: kind.name,
    genericFix: (reason) => kind.genericFix?.(spec, reason) ?? null,
    sysctl: process === null ? (kind.sysctl?.(spec) ?? null) : null,
    lint: () => kind.lint?.(spec) ?? [],
    questions: (facts) => {
      const questions = kind.questions(spec, facts)
      return isOpen ? questions : questions.map(seen).filter(mayAsk)
    },
    judge: (answers, facts) => kind.judge(spec, viewed(answers), facts),
    nextBoot: nextBoot && ((answers, facts) => nextBoot(viewed(answers), facts)),
  }
}

function common(reader: Reader, path: Path, value: Partial<Judged> & Pick<Judged, 'recommended'>) {
  return {
    why: value.why ?? null,
    source: value.source ?? null,
    unverified: value.unverified ?? null,
    recommended: value.recommended,
    when: value.when ?? {},
    applies: value.when === undefined ? everywhere : applyWhen(value.when),
    fix: value.fix ?? null,
    conflicts: value.conflicts ?? {},
    place: reader.yaml.placeOf(path),
  }
}

const everywhere = () => null

/** A round asks several times for the same facts. */
function applyWhen(when: When): (facts: WhenFacts) => string | null {
  return memoizeLast((facts) => whyNot(when, facts))
}
