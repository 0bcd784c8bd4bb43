/**
 * Looks for many short texts in bytes at once (Aho-Corasick): one step a byte, however many texts there are. ASCII letters are
 * equal in both cases. A line break leads to a state of its own, so that lines are told without a second look at the bytes.
 */
export interface Automaton {
  /** From byte to the column of `steps`. */
  readonly columns: Uint8Array
  /** The next state at `(state << shift) | column`. */
  readonly steps: Uint16Array | Int32Array
  readonly shift: number
  /** The states of this number and above are events: the first of them is the line break, at the others some texts end. */
  readonly firstEvent: number
  /** The texts, by number, that end in the state `firstEvent + index`; none for the line break. */
  readonly ends: readonly (readonly number[])[]
}

const lineBreak = 10

/** @param texts in lower case, ASCII, without line breaks, none empty */
export function buildAutomaton(texts: readonly string[]): Automaton {
  const { columns, width } = columnsOf(texts)
  const trie = buildTrie(texts, columns)
  const order = breadthFirst(trie)
  const number = renumber(trie)
  const shift = Math.ceil(Math.log2(width))
  const size = trie.length + 1
  const steps = size > 65_535 ? new Int32Array(size << shift) : new Uint16Array(size << shift)
  const firstEvent = trie.filter(({ ends }) => ends.length === 0).length
  for (const node of order) {
    const from = numberOf(number, node) << shift
    const back = numberOf(number, node.back ?? trie[0]) << shift
    for (let column = 0; column < width; column++) {
      const next = node.next.get(column)
      const isRoot = node.back === null
      steps[from | column] =
        next === undefined ? (isRoot ? 0 : (steps[back | column] ?? 0)) : numberOf(number, next)
    }
    steps[from | (columns[lineBreak] ?? 0)] = firstEvent
  }
  // After a line break as at the beginning.
  steps.copyWithin(firstEvent << shift, 0, width)
  const events = order.filter(({ ends }) => ends.length > 0)
  const ends: (readonly number[])[] = [[]]
  for (const node of events) ends[numberOf(number, node) - firstEvent] = node.ends
  return { columns, steps, shift, firstEvent, ends }
}

interface Node {
  readonly next: Map<number, Node>
  ends: readonly number[]
  /** The longest other node whose text ends as this one's; null for the root. */
  back: Node | null
}

/** Bytes that occur in no text share column 0. */
function columnsOf(texts: readonly string[]): { columns: Uint8Array; width: number } {
  const columns = new Uint8Array(256)
  const bytes = new Set([lineBreak, ...texts.flatMap((text) => [...Buffer.from(text)])])
  let width = 1
  for (const byte of bytes) {
    columns[byte] = width
    if (byte >= 0x61 && byte <= 0x7a) columns[byte - 0x20] = width
    width++
  }
  return { columns, width }
}

function buildTrie(texts: readonly string[], columns: Uint8Array): readonly Node[] {
  const nodes: Node[] = [{ next: new Map(), ends: [], back: null }]
  const add = (node: Node, column: number) => {
    const next: Node = node.next.get(column) ?? { next: new Map(), ends: [], back: null }
    if (!node.next.has(column)) nodes.push(next)
    node.next.set(column, next)
    return next
  }
  for (const [index, text] of texts.entries()) {
    let [node] = nodes
    for (const byte of Buffer.from(text)) node = node && add(node, columns[byte] ?? 0)
    if (node !== undefined) node.ends = [...node.ends, index]
  }
  return nodes
}

/** Sets the way back of each node, and lets it end what its way back ends too. */
function breadthFirst(trie: readonly Node[]): readonly Node[] {
  const [root] = trie
  const order = root === undefined ? [] : [root]
  for (const node of order) {
    for (const [column, next] of node.next) {
      let back = node.back
      while (back !== null && !back.next.has(column)) back = back.back
      next.back = back?.next.get(column) ?? root ?? null
      next.ends = [...next.ends, ...(next.back?.ends ?? [])]
      order.push(next)
    }
  }
  return order
}

/** The nodes where nothing ends come first, the root before all; then the line break; then the others. */
function renumber(trie: readonly Node[]): ReadonlyMap<Node, number> {
  const silent = trie.filter(({ ends }) => ends.length === 0)
  const loud = trie.filter(({ ends }) => ends.length > 0)
  return new Map(
    [...silent.entries(), ...loud.map((node, index) => [silent.length + 1 + index, node] as const)].map(
      ([index, node]) => [node, index],
    ),
  )
}

function numberOf(numbers: ReadonlyMap<Node, number>, node: Node | undefined): number {
  return (node && numbers.get(node)) ?? 0
}
