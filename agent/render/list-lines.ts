/** Columns of a line, where a text can be broken. */
export const width = 100

/**
 * A list over as many lines as it takes, those after the first indented.
 *
 * @param shown what stands for the head, such as the head in a colour
 */
export function listLines(head: string, items: readonly string[], shown: string = head): string[] {
  const indent = ' '.repeat(head.search(/\S/) + 2)
  const lines: string[] = []
  let line = head
  for (const [index, item] of items.entries()) {
    const word = index < items.length - 1 ? `${item},` : item
    if (line !== head && line.length + 1 + word.length > width) {
      lines.push(line)
      line = `${indent}${word}`
    } else line += ` ${word}`
  }
  const [first, ...others] = [...lines, line]
  return [shown + first.slice(head.length), ...others]
}
