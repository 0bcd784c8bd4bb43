import type { JsonSchema } from '#agent/catalog/json-schema.ts'
import { renderBounds } from './render-bounds.ts'

/** The keys of a check file with the descriptions of the JSON Schema, as a page to read. */
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
    '<!-- Generated from the schemas that read check files, by npm run generate. Do not edit. -->',
    '# The keys of a check file',
    'Editors show the same texts, from [check.schema.json](check.schema.json); [WRITING.md](WRITING.md) shows how to write a file. Keys in bold are required. Keys with a dot belong to the long form of a need, such as `disk: { path: /var, free: 15% }`; most kinds also have a short form, such as `mount: /sys/fs/bpf`.',
    '## A check',
    table(schema),
    '## A need',
    'Each need has the key of its kind; the kinds are listed below. Any need may also have:',
    table(only(named(first), shared)),
    'In `when`:',
    table(named('when')),
    ...kinds.flatMap((kind) => [`### ${kind}`, table(without(named(kind), shared))]),
    '## A fix',
    'Fixes are listed by distribution. The `ID` in os-release counts first, then each `ID_LIKE`, then the family, then `all`.',
    table(named('fixes')),
    'Each fix may have:',
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

/** One row per key, followed by the keys of the objects that it may hold. */
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
