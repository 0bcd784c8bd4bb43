import { isAlias, isMap, isNode, isScalar, isSeq, visit } from 'yaml'
import type { Alias, Document, Node, YAMLMap } from 'yaml'

export type Path = readonly (string | number)[]

/** What is wrong at a place of the text. */
export interface Fault {
  /** Characters from its beginning. */
  readonly offset: number
  readonly message: string
}

/**
 * What the parser takes and nobody means: a key twice, a key that is no text, an alias of nothing. In linear time. The line
 * breaks at the end of a text, which YAML's `|` and `>` leave there, are taken away: nobody means them either.
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
    message: `*${alias.source} is an alias of nothing: no &${alias.source} stands before it`,
  }
}

function keyFaults(map: YAMLMap): Fault[] {
  const keys = new Set<string>()
  return map.items.flatMap(({ key }) => {
    const offset = isNode(key) ? startOf(key) : startOf(map)
    if (!isScalar(key)) return [{ offset, message: 'is no key: a key is one word' }]
    const name = String(key.value)
    const isKnown = keys.has(name)
    keys.add(name)
    return isKnown ? [{ offset, message: `Map keys must be unique: ${name} stands here twice` }] : []
  })
}

/**
 * Where each value of a document stands: a key's own place when it is in a map, else the item's. What a path names beyond
 * the document, or within an alias, is where the last of it is that is there.
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
  /** null for no value, or what an alias stands for. */
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
