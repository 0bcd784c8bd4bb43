import { oddText } from './odd-texts.ts'
import type { Random } from './random.ts'

/** How strangely a value is written, from 0 to 1: with anchors, aliases, tags, merge and doubled keys, and odd spacing. */
type Oddness = number

/** A value as a person, or a fool, writes it in YAML: block and flow, with any quotes. */
export function yamlText(random: Random, value: unknown, oddness: Oddness): string {
  const writer = { random, oddness, anchors: 0 }
  const text = `${block(writer, value, 0).replace(/^\n/, '')}\n`
  if (!random.chance(oddness / 4)) return text
  return random.pick([
    `--- \n${text}`,
    `\ufeff${text}`,
    `%YAML 1.2\n---\n${text}...\n`,
    `${text}---\n${text}`,
  ])
}

interface Writer {
  readonly random: Random
  readonly oddness: Oddness
  anchors: number
}

function block(writer: Writer, value: unknown, indent: number): string {
  const { random } = writer
  if (typeof value !== 'object' || value === null || indent > 40 || random.chance(0.15))
    return ` ${prefix(writer)}${flow(writer, value, 0)}`
  const space = ' '.repeat(indent)
  const lines = Array.isArray(value)
    ? value.map((item) => `${space}-${nested(writer, item, indent)}`)
    : entriesOf(writer, value).map(([key, item]) => `${space}${key}:${nested(writer, item, indent)}`)
  return lines.length === 0 ? (Array.isArray(value) ? ' []' : ' {}') : `${mark(writer)}\n${lines.join('\n')}`
}

function nested(writer: Writer, item: unknown, indent: number): string {
  return isOdd(writer) ? alias(writer) : block(writer, item, indent + 2)
}

function flow(writer: Writer, value: unknown, depth: number): string {
  if (depth > 1_500) return '[]'
  if (isOdd(writer)) return alias(writer).trim()
  if (Array.isArray(value)) return `[${value.map((item) => flow(writer, item, depth + 1)).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = entriesOf(writer, value)
    return `{ ${entries.map(([key, item]) => `${key}: ${flow(writer, item, depth + 1)}`).join(', ')} }`
  }
  return scalar(writer, value)
}

function entriesOf(writer: Writer, value: object): [string, unknown][] {
  const { random } = writer
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [keyText(key), item])
  const [first] = entries
  if (first === undefined || !isOdd(writer)) return entries
  if (random.chance(0.4)) return [...entries, first]
  const key = random.pick(['<<', '? x\n', oddText(random), '!!str k', '*a1', '&k k', '[a, b]', '{ a: b }'])
  return [...entries, [key, random.some(entries)?.[1]]]
}

function keyText(key: string): string {
  return /^[A-Za-z_][\w.-]*$/.test(key) ? key : JSON.stringify(key)
}

function scalar({ random, oddness }: Writer, value: unknown): string {
  if (typeof value !== 'string')
    return (typeof value === 'number' ? String(value) : JSON.stringify(value)) ?? ''
  const isPlain = /^[A-Za-z/][\w ./+-]*$/.test(value) && !value.endsWith(' ')
  if (isPlain && random.chance(0.6)) return value
  if (random.chance(oddness / 2)) return value
  return random.chance(0.3) && !/[\n\r]/.test(value)
    ? `'${value.replaceAll("'", "''")}'`
    : JSON.stringify(value)
}

function isOdd({ random, oddness }: Writer): boolean {
  return random.chance(oddness / 40)
}

function mark(writer: Writer): string {
  return isOdd(writer) ? ` &a${++writer.anchors}` : ''
}

function prefix(writer: Writer): string {
  const { random } = writer
  if (!isOdd(writer)) return ''
  return random.pick([
    `&a${++writer.anchors} `,
    '!!str ',
    '!!int ',
    '!!binary ',
    '!!set ',
    '!x ',
    '!!null ',
    '!<tag:x> ',
  ])
}

function alias(writer: Writer): string {
  const { random, anchors } = writer
  return random.pick([
    ' *nope',
    ` *a${1 + random.below(anchors + 1)}`,
    ` &a${anchors + 1} [*a${anchors + 1}]`,
    ' <<',
  ])
}
