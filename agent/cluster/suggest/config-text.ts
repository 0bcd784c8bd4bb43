import { isMap, isScalar, isSeq, parseDocument } from 'yaml'
import type { YAMLSeq } from 'yaml'

/**
 * The text of a config with these checks at the end of its `checks`, and everything else as it is, comments and blanks too. Whoever
 * calls reads the result again, and uses it only if it says what it should.
 */
export function addChecks(text: string, added: readonly string[], checks: readonly string[]): string {
  const document = parseDocument(text, { schema: 'core', logLevel: 'error' })
  const list: unknown = document.get('checks', true)
  if (isSeq(list)) return addItems(text, list, added) ?? setChecks(text, checks)
  const isBlock = isMap(document.contents) && document.contents.flow !== true
  if (list !== undefined || (document.contents !== null && !isBlock)) return setChecks(text, checks)
  const end = text === '' || text.endsWith('\n') ? '' : '\n'
  return `${text}${end}${checksLine(checks)}\n`
}

export function checksLine(checks: readonly string[]): string {
  return `checks: [${checks.join(', ')}]`
}

/** null where that is no matter of inserting a text. */
function addItems(text: string, list: YAMLSeq, added: readonly string[]): string | null {
  const [start = 0, listEnd = 0] = list.range ?? []
  const insert = (words: string, from: number, to = from) => text.slice(0, from) + words + text.slice(to)
  if (list.items.length === 0) return insert(`[${added.join(', ')}]`, start, listEnd)
  const last = list.items.at(-1)
  const end = isScalar(last) ? last.range?.[1] : undefined
  if (end === undefined) return null
  if (list.flow) return insert(added.map((name) => `, ${name}`).join(''), end)
  const indent = ' '.repeat(start - text.lastIndexOf('\n', start) - 1)
  const lineEnd = text.indexOf('\n', end)
  const lines = added.map((name) => `\n${indent}- ${name}`).join('')
  return insert(lines, lineEnd === -1 ? text.length : lineEnd)
}

/** Of the comments those are kept that are not in the list, of the blanks not all. */
function setChecks(text: string, checks: readonly string[]): string {
  const document = parseDocument(text, { schema: 'core', logLevel: 'error' })
  document.set('checks', document.createNode([...checks], { flow: true }))
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}
