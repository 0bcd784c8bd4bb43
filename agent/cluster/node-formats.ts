import { stringify } from 'yaml'
import type { NodeFormat } from './node-format-names.ts'
import type { NodeStatus } from './node-status.ts'
import { renderNodes, renderNodesWide } from './node-table.ts'
import type { TableOptions } from './node-table.ts'

type Renderer = (nodes: readonly NodeStatus[], options: TableOptions) => string

/** The output formats of `nodes -o`, by name. */
export const nodeFormats = {
  table: renderNodes,
  wide: renderNodesWide,
  json: (nodes) => `${JSON.stringify({ v: 1, nodes }, null, 2)}\n`,
  yaml: (nodes) => stringify({ v: 1, nodes }, { lineWidth: 0, aliasDuplicateObjects: false }),
  name: (nodes) => nodes.map(({ name }) => `node/${name}\n`).join(''),
} satisfies Record<NodeFormat, Renderer>

/** What to print of some nodes among all, as they change. */
export function renderChanges(
  all: readonly NodeStatus[],
  changed: ReadonlySet<string>,
  { format, ...options }: TableOptions & { readonly format: NodeFormat },
): string {
  const some = all.filter(({ name }) => changed.has(name))
  if (format === 'json') return some.map((node) => `${JSON.stringify(node)}\n`).join('')
  if (format === 'yaml') return some.map((node) => `---\n${stringify(node, { lineWidth: 0 })}`).join('')
  if (format !== 'table') return nodeFormats[format](some, { ...options, headers: false })
  // Of the table of all, so that the columns stay where they are.
  const lines = renderNodes(all, { ...options, headers: true }).split('\n')
  return all.map(({ name }, index) => (changed.has(name) ? `${lines[index + 1]}\n` : '')).join('')
}
