import type { Question } from './question.ts'

/** Equal questions have the same key. Most questions are asked again as the same object, so keys are cached by object. */
export function questionKey(question: Question): string {
  const key = keys.get(question) ?? makeKey(question)
  keys.set(question, key)
  return key
}

const keys = new WeakMap<Question, string>()

type FieldOf<Q> = Q extends Question ? keyof Q : never

/** Every field that a question may have. */
const fields = Object.keys({
  ask: 0,
  in: 0,
  path: 0,
  name: 0,
  limit: 0,
  beneath: 0,
  suffix: 0,
  protocol: 0,
  port: 0,
  argv: 0,
  reads: 0,
  isOfProgram: 0,
  heldBy: 0,
  of: 0,
  most: 0,
  prefix: 0,
} satisfies Record<FieldOf<Question>, 0>) as FieldOf<Question>[]

/** No path, name or argument can contain a NUL, so NUL separates. A round makes thousands of keys, and JSON is slower. */
function makeKey(question: Question): string {
  const said: { readonly [Field in FieldOf<Question>]?: unknown } = question
  let key = ''
  for (const field of fields) {
    const value = said[field]
    if (value !== undefined) key += `${field}\0${textOf(value)}\0\0`
  }
  return key
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join('\0') : String(value)
}
