import { isDeepStrictEqual } from 'node:util'
import { isMap, isScalar, parseDocument } from 'yaml'
import type { Document, Node, Pair, YAMLMap } from 'yaml'

/** A value of the chart with what values.yaml says of it, in its order. */
export interface Value {
  readonly path: readonly string[]
  /** The comment before it; empty where there is none. */
  readonly says: string
  readonly value: unknown
}

/** The text of values.yaml with values that manifests/ has too; what is right there stays as it is written. */
export function synced(text: string, wanted: readonly (readonly [string, unknown])[]): string {
  const doc = parseDocument(text)
  for (const [path, value] of wanted) {
    const keys = path.split('.')
    if (!doc.hasIn(keys)) throw new Error(`values.yaml has no ${path}`)
    if (!isDeepStrictEqual(jsAt(doc, keys), value)) doc.setIn(keys, doc.createNode(value))
  }
  return doc.toString({ lineWidth: 0, flowCollectionPadding: true })
}

function jsAt(doc: Document, keys: readonly string[]): unknown {
  return (doc.getIn(keys, true) as Node | undefined)?.toJS(doc)
}

/** Every value that is set as a whole: a map that says something of its parts is none, nor is what has no comment of its own. */
export function valuesOf(text: string): Value[] {
  const { contents } = parseDocument(text)
  return isMap(contents) ? within(contents, []) : []
}

function within(map: YAMLMap, above: readonly string[]): Value[] {
  return map.items.flatMap((pair): Value[] => {
    const path = [...above, keyOf(pair)]
    const says = sayingOf(map, pair)
    const { value } = pair
    const own = {
      path,
      says,
      value: isScalar(value) ? value.value : (value as YAMLMap).toJS(parseDocument('')),
    }
    const isSection = isMap(value) && value.items.length > 0 && !value.flow && !isWhole(path)
    return isSection ? [own, ...within(value, path)] : [own]
  })
}

/** Of these Kubernetes says what is in them, or the config's own documentation. */
const whole = ['config', 'nodeSelector', 'affinity', 'updateStrategy', 'resources', 'labels']

function isWhole(path: readonly string[]): boolean {
  return whole.includes(path.at(-1) ?? '')
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : ''
}

/** The yaml library gives the comment before the first key to the map. */
function sayingOf(map: YAMLMap, pair: Pair): string {
  const before = isScalar(pair.key) ? pair.key.commentBefore : null
  const said = before ?? (map.items[0] === pair ? map.commentBefore : null) ?? ''
  // What an empty line parts from it is about the file.
  const [last = ''] = said.split(/\n\s*\n/).toReversed()
  return last.replace(/\s+/g, ' ').trim()
}
