import { oddText, oddValue } from './odd-texts.ts'
import type { Random } from './random.ts'

type Tree = Record<string, unknown> | unknown[]

/** A copy of a value as YAML and JSON have them, with some of it changed: keys, values, types, nesting. */
export function mutateTree(random: Random, value: unknown, changes: number): unknown {
  const whole: Tree = [structuredClone(value)]
  for (let left = changes; left > 0; left--) mutateOnce(random, whole)
  return whole[0]
}

function mutateOnce(random: Random, whole: Tree): void {
  const places = placesIn(whole)
  const place = random.some(places)
  if (place === undefined) return
  const { inside, key, value } = place
  const put = (changed: unknown) => set(inside, key, changed)
  random.pick<() => void>([
    () => put(oddValue(random)),
    () => put(changeScalar(random, value)),
    () => put(changeScalar(random, value)),
    () => remove(inside, key),
    () => put([value]),
    () => put({ [random.pick(['anyOf', 'all', 'x', oddText(random)])]: value }),
    () => put(structuredClone(random.some(places)?.value)),
    () => put(deepen(value, 1 + random.few(random.chance(0.05) ? 1_000 : 12))),
    () => put(many(value, 1 + random.few(random.chance(0.05) ? 20_000 : 60))),
    () => rename(random, inside, key),
    () => double(inside, key),
  ])()
}

interface Place {
  readonly inside: Tree
  readonly key: string | number
  readonly value: unknown
}

function placesIn(tree: Tree): Place[] {
  const entries: [string | number, unknown][] = Array.isArray(tree)
    ? [...tree.entries()]
    : Object.entries(tree)
  const open = entries.map(([key, value]): Place => ({ inside: tree, key, value }))
  const all: Place[] = []
  for (let next = open.pop(); next !== undefined && all.length < 5_000; next = open.pop()) {
    all.push(next)
    if (!isTree(next.value)) continue
    const inside = next.value
    const inner: [string | number, unknown][] = Array.isArray(inside)
      ? [...inside.entries()]
      : Object.entries(inside)
    for (const [key, value] of inner) open.push({ inside, key, value })
  }
  return all
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null
}

/** As a key of its own also where it is `__proto__`. */
function set(inside: Tree, key: string | number, value: unknown): void {
  Object.defineProperty(inside, key, { value, enumerable: true, configurable: true, writable: true })
}

function remove(inside: Tree, key: string | number): void {
  if (Array.isArray(inside)) inside.splice(Number(key), 1)
  else delete inside[key]
}

function rename(random: Random, inside: Tree, key: string | number): void {
  if (Array.isArray(inside)) return
  const name = random.pick([String(key).slice(1), `${key}s`, String(key).toUpperCase(), oddText(random)])
  set(inside, name, inside[key])
  if (random.chance(0.7)) delete inside[key]
}

function double(inside: Tree, key: string | number): void {
  if (Array.isArray(inside)) inside.push(structuredClone(inside[Number(key)]))
}

function deepen(value: unknown, depth: number): unknown {
  let deep = value
  for (let left = depth; left > 0; left--) deep = left % 2 === 0 ? { anyOf: deep } : [deep]
  return deep
}

function many(value: unknown, count: number): unknown {
  if (typeof value === 'string') return value.slice(0, 20).repeat(count)
  if (!isTree(value) || Array.isArray(value))
    return Array.from({ length: Math.min(count, 2_000) }, () => value)
  return Object.fromEntries(
    Array.from({ length: Math.min(count, 2_000) }, (_, index) => [`k${index}`, value]),
  )
}

function changeScalar(random: Random, value: unknown): unknown {
  if (typeof value === 'number') return random.pick([-value, value * 10, value + 0.5, String(value), 1e300])
  if (typeof value === 'boolean') return random.pick<unknown>([!value, String(value), Number(value)])
  if (typeof value !== 'string') return oddValue(random)
  const at = random.below(value.length + 1)
  return value.slice(0, at) + oddText(random) + value.slice(random.chance(0.5) ? at : at + 1)
}
