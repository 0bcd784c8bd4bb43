import { isCollection, isMap, isScalar, isSeq, parseDocument, stringify } from 'yaml'
import type { Document, Node } from 'yaml'

export const authEnabled = '.Values.auth.enabled'

export type Path = readonly (string | number)[]

/**
 * A manifest that becomes a Helm template: the file's own text, with the comments within, and expressions at the paths that are named. What is
 * not named stays as it is, so a new field of the manifest is in the template without a word here.
 */
export interface Template {
  /** The value at a path; undefined where there is none. */
  get(path: Path): unknown
  /** Replaces a text by an expression of Helm's, without the braces. Its text stays one, also where YAML would read a number or a truth. */
  set(path: Path, expression: string): void
  /** Replaces a value by one of Helm's values, and leaves the key out where that is empty. */
  setValue(path: Path, value: string): void
  /** The same of a value that is a text. */
  setScalar(path: Path, value: string): void
  /** Replaces a value by the lines that an expression makes: YAML, or after `|` a text. */
  setLines(path: Path, expression: string, style?: '|'): void
  /** Replaces or adds the lines that an expression makes. */
  put(path: Path, expression: string): void
  /** Takes all items out of a list. */
  empty(path: Path): void
  /** Adds lines of the template itself at the end of a map or list. They are indented like what is there. */
  append(path: Path, lines: readonly string[]): void
  /** Adds what a strategic merge patch adds, under a condition of Helm's. */
  merge(patch: unknown, condition: string): void
  /** Replaces a part of every text. It must be there. */
  replace(part: RegExp, text: string): void
  toString(): string
}

/** In YAML 1.1, as Kubernetes reads it: a mode of 0444 is octal. */
export function openTemplate(text: string): Template {
  const doc = parseDocument(escaped(text), { version: '1.1' })
  // What a file says of itself is about manifests/.
  doc.commentBefore = null
  if (isMap(doc.contents)) Object.assign(doc.contents.items[0]?.key ?? {}, { commentBefore: undefined })
  if (doc.contents !== null) doc.contents.commentBefore = null
  const marks: string[][] = []
  const parts: [RegExp, string][] = []
  /** A word that stands for lines, until all is written. */
  const mark = (...lines: string[]) => `HELM_${marks.push(lines) - 1}_`
  const template: Template = {
    get: (path) => toJs(doc, path),
    set(path, expression) {
      must(doc, path)
      doc.setIn(path, mark(`{{ ${expression} | quote }}`))
    },
    setValue(path, value) {
      must(doc, path)
      replacePair(doc, path, mark(...optional(String(path.at(-1)), value)))
    },
    setScalar(path, value) {
      must(doc, path)
      replacePair(doc, path, mark(`{{- with ${value} }}`, `${path.at(-1)}: {{ . | quote }}`, '{{- end }}'))
    },
    setLines(path, expression, style) {
      must(doc, path)
      const key = style === undefined ? `${path.at(-1)}:` : `${path.at(-1)}: ${style}`
      replacePair(doc, path, mark(key, `  {{- ${expression} | nindent INDENT }}`))
    },
    put(path, expression) {
      if (doc.hasIn(path)) template.setLines(path, expression)
      else template.append(path.slice(0, -1), [`${path.at(-1)}:`, `  {{- ${expression} | nindent INDENT }}`])
    },
    empty(path) {
      must(doc, path)
      doc.setIn(path, doc.createNode([]))
    },
    append(path, lines) {
      must(doc, path)
      must(doc, path)
      unfold(doc, path)
      doc.addIn(path, isSeq(doc.getIn(path)) ? mark(...lines) : doc.createPair(mark(...lines), null))
    },
    merge: (patch, condition) => mergeInto({ template, path: [], condition }, patch),
    replace: (part, text) => void parts.push([part, text]),
    toString: () => written(doc.toString({ lineWidth: 0 }), { marks, parts }),
  }
  return template
}

/** What Helm would read as its own. */
function escaped(text: string): string {
  return text.replaceAll('{{', '{{`{{`}}')
}

function must(doc: Document, path: Path): void {
  if (!doc.hasIn(path)) throw new Error(`there is no ${path.join('.')} in ${doc.toString().slice(0, 200)}`)
}

function toJs(doc: Document, path: Path): unknown {
  const node = path.length === 0 ? doc.contents : doc.getIn(path, true)
  return isCollection(node) ? node.toJS(doc) : isScalar(node) ? node.value : node
}

/** Lines of a template do not fit into { }. */
function unfold(doc: Document, path: Path): void {
  path.forEach((_, index) => {
    const node = doc.getIn(path.slice(0, index + 1), true)
    if (isCollection(node)) node.flow = false
  })
}

/** The key goes with the value, and what is written in its place is the mark alone. */
function replacePair(doc: Document, path: Path, marked: string): void {
  unfold(doc, path.slice(0, -1))
  const map = doc.getIn(path.slice(0, -1))
  if (!isMap(map)) throw new Error(`${path.join('.')} is in no map`)
  const index = map.items.findIndex(({ key }) => isScalar(key) && key.value === path.at(-1))
  const { commentBefore } = (map.items[index]?.key ?? {}) as Node
  const key = doc.createNode(marked)
  Object.assign(key, { commentBefore })
  map.items[index] = doc.createPair(key, null)
}

interface Merging {
  readonly template: Template
  readonly path: Path
  readonly condition: string
}

/** Lists of maps are merged by name, as Kubernetes merges those of a pod; what is new comes last, under the condition. */
function mergeInto({ template, path, condition }: Merging, patch: unknown): void {
  const there = template.get(path)
  if (typeof patch !== 'object' || patch === null || typeof there !== 'object' || there === null) {
    if (patch !== there) throw new Error(`${path.join('.')} has another value`)
    return
  }
  for (const [key, value] of Object.entries(patch)) {
    const place = Array.isArray(there) ? there.findIndex(({ name }) => name === value.name) : key
    const isThere = Array.isArray(there) ? place !== -1 : Object.hasOwn(there, key)
    if (isThere) mergeInto({ template, path: [...path, place], condition }, value)
    else template.append(path, when(condition, Array.isArray(there) ? [value] : { [key]: value }))
  }
}

/** Lines that are there only where a condition of Helm's holds. */
export function when(condition: string, value: unknown): string[] {
  const lines = stringify(value, { lineWidth: 0 }).trimEnd().split('\n')
  return [`{{- if ${condition} }}`, ...lines, '{{- end }}']
}

/** Lines of one of Helm's values, which are not there where it is empty. */
export function optional(key: string, value: string): string[] {
  return [`{{- with ${value} }}`, `${key}:`, '  {{- toYaml . | nindent INDENT }}', '{{- end }}']
}

interface Written {
  readonly marks: readonly (readonly string[])[]
  readonly parts: readonly [RegExp, string][]
}

/** A mark that is alone in its line stands for lines; another for a word. */
function written(text: string, { marks, parts }: Written): string {
  const linesOf = (number: string) => marks[Number(number)] ?? []
  const expanded = text
    .replace(/^( *)(?:- |\? )?HELM_(\d+)_(?::(?: null)?)?$/gm, (_, indent: string, number: string) =>
      linesOf(number)
        .map((line) => `${indent}${line}`.replace('INDENT', String(indentOf(line) + indent.length)))
        .join('\n'),
    )
    .replace(/HELM_(\d+)_/g, (_, number: string) => linesOf(number).join(' '))
  return parts.reduce((before, [part, by]) => {
    if (before.search(part) === -1) throw new Error(`there is no ${part.source} in ${before}`)
    return before.replace(part, () => by)
  }, expanded)
}

function indentOf(line: string): number {
  return line.search(/\S/)
}
