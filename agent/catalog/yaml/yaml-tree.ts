import { isAlias, isMap, isNode, isScalar, isSeq, visit } from 'yaml'
import type { Alias, Document, Node, YAMLMap } from 'yaml'

export type Path = readonly (string | number)[]

/** A fault at an offset in the text. */
export interface Fault {
  /** Characters from the beginning of the text. */
  readonly offset: number
  readonly message: string
}

/**
 * Finds what the parser accepts but nobody intends: duplicate keys, keys that are not scalars, aliases without an anchor. Also
 * removes the line breaks that YAML's `|` and `>` leave at the end of a text. In linear time.
 */
export function tidy(document: Document): Fault[] {
  const anchors = new Set<string>()
  const faults: Fault[] = []
  const learn = (node: { readonly anchor?: string | undefined }) => {
    if (node.anchor !== undefined) anchors.add(node.anchor)
  }
  visit(document, {
    Map(_, map) {
      learn(map)
      faults.push(...keyFaults(map))
    },
    Seq: (_, seq) => learn(seq),
    Scalar(_, scalar) {
      learn(scalar)
      if (typeof scalar.value === 'string') scalar.value = trimBreaks(scalar.value)
    },
    Alias(_, alias) {
      if (!anchors.has(alias.source)) faults.push(aliasFault(alias))
    },
  })
  return faults
}

function aliasFault(alias: Alias): Fault {
  return {
    offset: startOf(alias),
    message: `*${alias.source} is an alias without an anchor: there is no &${alias.source} before it`,
  }
}

function keyFaults(map: YAMLMap): Fault[] {
  const keys = new Set<string>()
  return map.items.flatMap(({ key }) => {
    const offset = isNode(key) ? startOf(key) : startOf(map)
    if (!isScalar(key)) return [{ offset, message: 'is not a key: a key is one word' }]
    const name = String(key.value)
    const isKnown = keys.has(name)
    keys.add(name)
    return isKnown ? [{ offset, message: `Map keys must be unique: ${name} is here twice` }] : []
  })
}

/**
 * Returns the offset of a value by its path: that of its key in a map, else that of the item. For a path that leads beyond
 * the document or into an alias, it is the offset of the last part that exists.
 */
export function offsetsIn(document: Document): (path: Path) => number {
  const keysOf = new WeakMap<YAMLMap, ReadonlyMap<string, Step>>()
  const stepsOf = (map: YAMLMap) => {
    const steps = keysOf.get(map) ?? stepsIn(map)
    keysOf.set(map, steps)
    return steps
  }
  const step = (node: Node, key: string | number): Step | null => {
    if (isMap(node)) return stepsOf(node).get(String(key)) ?? null
    const item = isSeq(node) ? node.items[Number(key)] : null
    return isNode(item) ? { offset: startOf(item), node: item } : null
  }
  return (path) => {
    let at: Step = {
      offset: isNode(document.contents) ? startOf(document.contents) : 0,
      node: document.contents,
    }
    for (const key of path) {
      const next = at.node === null ? null : step(at.node, key)
      if (next === null) return at.offset
      at = next
    }
    return at.offset
  }
}

interface Step {
  readonly offset: number
  /** null for an empty value or an alias. */
  readonly node: Node | null
}

function stepsIn(map: YAMLMap): ReadonlyMap<string, Step> {
  return new Map(
    map.items.flatMap(({ key, value }): [string, Step][] => {
      if (!isScalar(key)) return []
      const node = isNode(value) && !isAlias(value) ? value : null
      return [[String(key.value), { offset: startOf(key), node }]]
    }),
  )
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0
}

function trimBreaks(text: string): string {
  let end = text.length
  while (text[end - 1] === '\n') end--
  return text.slice(0, end)
}
