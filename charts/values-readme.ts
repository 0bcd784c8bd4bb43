import type { Value } from './values.ts'

const begin = '<!-- values: made of values.yaml -->'
const end = '<!-- /values -->'

/** The README with its table of values. */
export function withTable(readme: string, values: readonly Value[]): string {
  const [before, rest] = readme.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`the README has no ${begin} and ${end}`)
  return `${before}${begin}\n${tableOf(values)}\n${end}${after}`
}

function tableOf(values: readonly Value[]): string {
  const rows = values.flatMap((one) => {
    const isOver = isSection(one, values)
    if (isOver && one.says === '') return []
    return [`| \`${one.path.join('.')}\` | ${isOver ? '' : shown(one.value)} | ${one.says} |`]
  })
  return ['| value | default | |', '|---|---|---|', ...rows].join('\n')
}

/** Its parts have rows of their own. */
function isSection({ path }: Value, values: readonly Value[]): boolean {
  return values.some(
    (other) => other.path.length > path.length && path.every((key, i) => other.path[i] === key),
  )
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``
}
