import type { JsonSchema } from '../agent/catalog/json-schema.ts'
import { renderBounds } from './render-bounds.ts'

/** What a check file may say, key by key: the words of the JSON Schema, for reading. */
export function renderKeys(schema: JsonSchema): string {
  const defs = schema.$defs ?? {}
  const named = (name: string) => defs[name] ?? {}
  const kinds = (named('need').anyOf ?? []).flatMap(({ $ref }) => $ref?.split('/').at(-1) ?? [])
  const asking = kinds.filter((kind) => kind !== 'check' && kind !== 'anyOf')
  const [first = ''] = asking
  const shared = Object.keys(named(first).properties ?? {}).filter((key) =>
    asking.every((kind) => key in keysOf(named(kind))),
  )
  return [
    '<!-- Generated from the schemas that read the files: npm run generate writes it anew. -->',
    '# The keys of a check file',
    'What an editor shows too, by [check.schema.json](check.schema.json). A key in bold must be there. Where a kind of need has keys with a dot, they are its long form: `disk: { path: /var, free: 15% }`; most have a short one, such as `mount: /sys/fs/bpf`.',
    '## A check',
    table(schema),
    '## A need',
    'Each has one of the keys of its kind, which are below. Beside it may stand:',
    table(only(named(first), shared)),
    'In `when`:',
    table(named('when')),
    ...kinds.flatMap((kind) => [`### ${kind}`, table(without(named(kind), shared))]),
    '## A fix',
    'By distribution: the `ID` of its os-release counts first, then what its `ID_LIKE` names, then its family, then `all`.',
    table(named('fixes')),
    'Of each:',
    table(named('fix')),
    renderBounds(),
  ]
    .join('\n\n')
    .concat('\n')
}

function keysOf({ properties = {} }: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return properties
}

function only(node: JsonSchema, keys: readonly string[]): JsonSchema {
  const entries = Object.entries(keysOf(node)).filter(([key]) => keys.includes(key))
  return { ...node, properties: Object.fromEntries(entries) }
}

function without(node: JsonSchema, keys: readonly string[]): JsonSchema {
  return only(
    node,
    Object.keys(keysOf(node)).filter((key) => !keys.includes(key)),
  )
}

function table(node: JsonSchema): string {
  return ['| key | |', '|---|---|', ...rows(node, '')].join('\n')
}

/** A row a key, after it those of the objects that it may hold. */
function rows(node: JsonSchema, place: string): string[] {
  return Object.entries(keysOf(node)).flatMap(([key, value]) => {
    const name = `${place}${key}`
    const shown = node.required?.includes(key) ? `**\`${name}\`**` : `\`${name}\``
    const inner = [value, ...(value.anyOf ?? []), ...(value.items === undefined ? [] : [value.items])]
    return [
      `| ${shown} | ${(value.description ?? '').replaceAll('|', '\\|')} |`,
      ...new Set(inner.flatMap((one) => rows(one, `${name}.`))),
    ]
  })
}
