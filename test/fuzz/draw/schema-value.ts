import { oddText } from './odd-texts.ts'
import type { Random } from './random.ts'

/** As much of a JSON Schema as values are made by. */
interface Schema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly propertyNames?: Schema
  readonly items?: Schema
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
}

/** Makes values of a JSON Schema; their texts are of those that are given, by their patterns. */
export function schemaValues(schema: unknown, texts: readonly string[]) {
  const whole = schema as Schema
  const fitting = new Map<string, readonly string[]>()
  const textsOf = (pattern: string) => {
    const expression = new RegExp(pattern, 'u')
    const known = fitting.get(pattern) ?? texts.filter((text) => expression.test(text))
    fitting.set(pattern, known)
    return known
  }
  const make = (random: Random, node: Schema, depth: number): unknown => {
    if (node.$ref !== undefined)
      return make(random, whole.$defs?.[node.$ref.split('/').at(-1) ?? ''] ?? {}, depth + 1)
    if (node.const !== undefined) return node.const
    const options = node.enum ?? node.anyOf
    if (node.enum !== undefined) return random.some(node.enum)
    if (options !== undefined) return make(random, random.some(node.anyOf ?? []) ?? {}, depth + 1)
    if (node.type === 'object' || node.properties !== undefined) return makeObject(random, node, depth)
    if (node.type === 'array')
      return Array.from({ length: 1 + random.few(depth > 8 ? 0 : 4) }, () =>
        make(random, node.items ?? {}, depth + 1),
      )
    if (node.type === 'boolean') return random.chance(0.5)
    if (node.type === 'number' || node.type === 'integer') {
      const { minimum = 0, maximum = 10_000 } = node
      return random.pick([minimum, maximum, minimum + random.below(100)])
    }
    if (node.type === 'string')
      return random.some(node.pattern === undefined ? texts : textsOf(node.pattern)) ?? 'x1'
    return oddText(random)
  }
  const makeObject = (random: Random, node: Schema, depth: number): unknown => {
    const likelihood = depth > 8 ? 0 : random.pick([0.05, 0.2, 0.5])
    const entries = Object.entries(node.properties ?? {}).filter(
      ([key]) => node.required?.includes(key) || random.chance(likelihood),
    )
    const more = typeof node.additionalProperties === 'object' ? node.additionalProperties : null
    const others =
      more === null
        ? []
        : [[make(random, node.propertyNames ?? { type: 'string' }, depth + 1), more] as const]
    return Object.fromEntries(
      [...entries, ...others].map(([key, inner]) => [String(key), make(random, inner, depth + 1)]),
    )
  }
  return {
    any: (random: Random) => make(random, whole, 0),
    of: (random: Random, name: string) => make(random, { $ref: name }, 0),
  }
}

/** Every text in a value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}
