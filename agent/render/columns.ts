import { stripVTControlCharacters } from 'node:util'
import Table from 'cli-table3'

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/**
 * Characters of a cell that holds more than printable ASCII. cli-table3 shortens each cell for a debug line that nobody sees, a
 * character at a time, and measures it anew each time where a character may be wider or narrower than one: a hundred cells of
 * 1,000 take seconds. `-o json` has the whole text.
 */
const longestOdd = 200

/** A table as kubectl prints it: headings in capitals, columns two spaces apart, no borders. */
export function renderColumns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const plain = renderAscii([head, ...rows])
  if (plain !== null) return plain
  const style = { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true }
  const table = new Table({ chars: noBorders, style })
  table.push([...head], ...rows.map((row) => row.map(shorten)))
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
  return `${lines.join('\n')}\n`
}

/** The same where each character is as wide as one, which is nearly always: cli-table3 takes ten seconds for thousands of rows. */
function renderAscii(rows: readonly (readonly string[])[]): string | null {
  const bare = rows.map((row) => row.map(stripVTControlCharacters))
  if (bare.some((row) => row.some((cell) => /[^\x20-\x7e]/.test(cell)))) return null
  const widths: number[] = []
  for (const row of bare)
    for (const [column, { length }] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, length)
  const lines = rows.map((row, line) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - (bare[line]?.[column]?.length ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

function shorten(cell: string): string {
  const isOdd = cell.length > longestOdd && /[^\x20-\x7e]/.test(cell)
  return isOdd ? `${cell.slice(0, longestOdd - 1)}…` : cell
}
