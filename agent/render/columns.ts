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
  const style = { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true }
  const table = new Table({ chars: noBorders, style })
  table.push([...head], ...rows.map((row) => row.map(shorten)))
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
  return `${lines.join('\n')}\n`
}

function shorten(cell: string): string {
  const isOdd = cell.length > longestOdd && /[^\x20-\x7e]/.test(cell)
  return isOdd ? `${cell.slice(0, longestOdd - 1)}…` : cell
}
